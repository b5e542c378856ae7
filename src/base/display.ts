/** Data by MIME type that a notebook shows for an object; images are in base64. */
export type MimeBundle = Readonly<Record<string, string>>;

/** The method that Deno's Jupyter kernel calls for the last value of a cell. */
const method = /* @__PURE__ */ Symbol.for("Jupyter.display");

/**
 * Makes a notebook show an object, or all of a prototype, as its MIME bundle.
 * The method is not enumerable: two objects that are equal stay so.
 */
export function displayAs<T extends object>(
  object: T,
  bundle: (object: T) => MimeBundle | Promise<MimeBundle>,
): T {
  Object.defineProperty(object, method, {
    configurable: true,
    value(this: T): MimeBundle | Promise<MimeBundle> {
      return bundle(this);
    },
  });
  return object;
}
