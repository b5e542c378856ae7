import { printAsText } from "../base/printing.ts";

/**
 * Divides pixels by what their data set says, 255 for bytes, as torchvision's
 * `ToTensor`. Needs no argument; what moves pixels comes before it, what
 * changes numbers after it.
 */
export class ToTensor {
  static readonly #text = /* @__PURE__ */ printAsText(this);

  /** Tells the transforms apart. */
  readonly kind = "to tensor";

  /** As torchvision prints it: `ToTensor()`. */
  toString(): string {
    return "ToTensor()";
  }
}
