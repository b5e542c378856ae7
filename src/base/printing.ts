/**
 * The text of objects for `console.log` and `String()`: one text without
 * internals, in Deno and in Node.
 *
 * @module
 */

const inspectors = ["Deno.customInspect", "nodejs.util.inspect.custom"];

/**
 * Makes `console.log` show the instances of a class as `String()` does. The class
 * calls it for a static field of its own: a bundler that takes the call for pure
 * leaves out a class that is not used, which it would not with a static block.
 */
export function printAsText(type: { readonly prototype: object }): void {
  printText(type.prototype);
}

function printText(object: object): void {
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
  printText(object);
  return object;
}

/** A head, and under it indented lines, each of a name and a value. */
export function block(head: string, lines: readonly string[]): string {
  const body = lines.map((line) => line.replaceAll(/^/gm, "    "));
  return [head, ...body].join("\n");
}
