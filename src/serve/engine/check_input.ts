import { describe, FormatError } from "../../base/errors.ts";
import type { ModelCard } from "../../models/card.ts";

/**
 * Refuses a network for other images than the page has.
 *
 * @throws {FormatError} If it is not for 28 × 28 grey pixels.
 */
export function checkInput({ inputShape }: ModelCard, source: string): void {
  const pixels = inputShape?.reduce((product, size) => product * size, 1);
  if (pixels === undefined || pixels === 784) return;
  throw new FormatError(describe({
    what: source,
    expected: "a network for 28 × 28 grey pixels",
    got: `one for ${inputShape?.join(" × ")}`,
    help: "Give weights that were trained on images as MNIST has them.",
  }));
}
