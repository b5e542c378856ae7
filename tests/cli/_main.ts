import { main } from "../../src/cli/mod.ts";

/** The outcome of a call of the command line. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a command within the test, which is sooner done than a program of its
 * own; nothing else of the file may print meanwhile.
 */
export async function runHere(...args: string[]): Promise<Outcome> {
  const { error, log } = console;
  const written = { stdout: "", stderr: "" };
  console.log = (text) => written.stdout += `${text}\n`;
  console.error = (text) => written.stderr += `${text}\n`;
  // As in a pipe, whoever looks at the tests.
  const isTerminal = { configurable: true, value: () => false };
  Object.defineProperty(Deno.stdout, "isTerminal", isTerminal);
  try {
    return { code: await main(args), ...written };
  } finally {
    Object.assign(console, { error, log });
    Reflect.deleteProperty(Deno.stdout, "isTerminal");
  }
}
