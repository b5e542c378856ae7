/**
 * Divides pixels by what their data set says, 255 for bytes, as torchvision's
 * `ToTensor`. Needs no argument; what moves pixels comes before it, what
 * changes numbers after it.
 */
export class ToTensor {
  /** What tells the transforms apart. */
  readonly kind = "to tensor";
}
