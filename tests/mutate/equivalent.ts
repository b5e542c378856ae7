/** A change that no test can tell, and why. */
export interface Equivalent {
  /** The file, or several. */
  readonly file: string | RegExp;
  /** The line as it is, without the spaces around it. */
  readonly from: string | RegExp;
  /** The line with the change. */
  readonly to: string | RegExp;
  /** Why it changes nothing that is promised. */
  readonly reason: string;
}

/** Mutants that survive rightly. */
export const equivalents: readonly Equivalent[] = [
  {
    file: /\.wgsl$/,
    from: /^if \(\w+ < arrayLength\(&\w+\)\) \{$/,
    to: /^if \((?:true|\w+ <= arrayLength\(&\w+\))\) \{$/,
    reason:
      "Drivers in Deno drop what is written beyond a buffer. Chromium's " +
      "compiler does not: tests/kernels/browser_test.ts tells.",
  },
];

/** Why a mutant changes nothing, or undefined where that is not known. */
export function reasonOf(
  mutant: { file: string; from: string; to: string },
): string | undefined {
  return equivalents.find(({ file, from, to }) =>
    fits(file, mutant.file) && fits(from, mutant.from) && fits(to, mutant.to)
  )?.reason;
}

function fits(pattern: string | RegExp, text: string): boolean {
  return typeof pattern === "string" ? pattern === text : pattern.test(text);
}
