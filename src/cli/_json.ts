import { snakeCase } from "../base/snake_case.ts";

/** The number of GUIDE.md's table of fields: another once one is renamed. */
export const jsonSchema = 1;

/** Fields that hold names of others: WebGPU's limits, a file's metadata. */
const foreign = ["limits", "metadata"];

/**
 * An object as all commands write it: with the number of the table of fields,
 * names in Python's spelling, and infinities, which JSON has not, as text.
 */
export function jsonText(value: object): string {
  return JSON.stringify(
    { schema: jsonSchema, ...inSnakeCase(value) as object },
    (_key, value) =>
      value === Infinity || value === -Infinity ? String(value) : value,
  );
}

function inSnakeCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inSnakeCase);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([name, own]) =>
    [snakeCase(name), foreign.includes(name) ? own : inSnakeCase(own)] as const
  );
  return Object.fromEntries(entries);
}
