/** The version of Deno that runs this program, or null in a browser. */
export function denoVersion(): string | null {
  const { Deno: deno } = globalThis as {
    Deno?: { version?: { deno?: string } };
  };
  return deno?.version?.deno ?? null;
}

/**
 * Whether a version of Deno is before another.
 *
 * @param least Major and minor version: `2.5`.
 */
export function isDenoBefore(version: string, least: string): boolean {
  const [major, minor] = version.split(".").map(Number);
  const [leastMajor, leastMinor] = least.split(".").map(Number);
  return major < leastMajor || (major === leastMajor && minor < leastMinor);
}
