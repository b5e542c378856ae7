import { closest } from "./closest.ts";
import { describe } from "./errors.ts";

/** Words as a sentence lists them: `auto, webgpu or cpu`. */
export function choices(words: readonly string[]): string {
  return `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

/**
 * Throws unless a word is one of those that may be chosen.
 *
 * @param what The function and its argument: `init: nonlinearity`.
 * @throws {TypeError} If it is another one, or no word at all.
 */
export function checkChoice(
  what: string,
  word: string,
  words: readonly string[],
): void {
  if (words.includes(word)) return;
  const meant = typeof word === "string" ? meantBy(word, words) : null;
  throw new TypeError(describe({
    what,
    expected: choices(words.map((word) => `"${word}"`)),
    got: typeof word === "string" ? `"${word}"` : String(word),
    help: meant === null ? "Choose one of them." : `Did you mean "${meant}"?`,
  }));
}

/** The known word that is nearest, whatever its capitals and underscores. */
export function meantBy(
  unknown: string,
  known: readonly string[],
): string | null {
  const letters = (word: string) => word.replaceAll("_", "").toLowerCase();
  return known.find((word) => letters(word) === letters(unknown)) ??
    closest(unknown, known);
}
