/** Words as a sentence lists them: `auto, webgpu or cpu`. */
export function choices(words: readonly string[]): string {
  return `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}
