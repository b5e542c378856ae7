import { helpFor } from "../base/help.ts";
import { describe, ShapeError } from "../base/errors.ts";
import type { ModelCard } from "./card.ts";

/**
 * Refuses weights for other images than pictures of digits become.
 *
 * @param what What reads the pictures.
 * @throws {ShapeError} If it is known that they are for others.
 */
export function checkPictureInput(
  what: string,
  { inputShape }: ModelCard,
): void {
  const size = inputShape?.join(" × ") ?? "784";
  if (["1 × 28 × 28", "784"].includes(size)) return;
  throw new ShapeError(describe({
    what: `${what}: weights`,
    expected: "those of a network for 1 × 28 × 28 pixels, as digits are read " +
      "from pictures",
    got: `${size}, channels first`,
    help: helpFor({
      program: "Train on such images; others are predicted as a data set.",
      cli: (callOf) =>
        "Train on such images; a folder of others is predicted by " +
        `\`${callOf("predict")} --data DIR\`.`,
    }),
  }));
}
