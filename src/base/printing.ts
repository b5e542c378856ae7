/**
 * The text of objects for `console.log` and `String()`: one text without
 * internals, in Deno and in Node.
 *
 * @module
 */

const inspectors = ["Deno.customInspect", "nodejs.util.inspect.custom"];

/**
 * Makes `console.log` show an object, or all of a prototype, as `String()`
 * does. A class calls it in a static block, with `this.prototype`.
 */
export function printAsText(object: object): void {
  for (const name of inspectors) {
    Object.defineProperty(object, Symbol.for(name), {
      configurable: true,
      value(this: object): string {
        return String(this);
      },
    });
  }
}

/** Gives an object that is of no class, or a function, its text. */
export function printAs<T extends object>(object: T, text: () => string): T {
  Object.defineProperty(object, "toString", {
    configurable: true,
    value: text,
  });
  printAsText(object);
  return object;
}

/** A head, and under it indented lines, each of a name and a value. */
export function block(head: string, lines: readonly string[]): string {
  const body = lines.map((line) => line.replaceAll(/^/gm, "    "));
  return [head, ...body].join("\n");
}
