/**
 * How the processes that live on are spoken with.
 *
 * @module
 */

/** The function of a test process that says whether a mutant is on. */
export const SWITCH = "__isMutant";

/** What an answer's line begins with: tests print as well. */
export const ANSWER = "\u0001";

/** Writes an answer on standard output. */
export async function giveAnswer(answer: unknown): Promise<void> {
  const text = `\n${ANSWER}${JSON.stringify(answer)}\n`;
  await Deno.stdout.write(new TextEncoder().encode(text));
}
