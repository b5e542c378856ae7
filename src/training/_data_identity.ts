import { arraysOf } from "../data/arrays.ts";
import type { Dataset } from "../data/dataset.ts";
import { layoutOf } from "../data/layout.ts";

/** Rows at the start whose inputs are part of the checksum. */
const firstRows = 100;

/**
 * What tells a data set from others, as text: its sizes, and a checksum of all
 * targets and of the first inputs. One of items by index has its sizes alone: its
 * items may be other ones each time.
 */
export function dataIdentity(dataset: Dataset): string {
  const { classes, rowShape, targetShape } = layoutOf(dataset);
  const sizes = [
    `${dataset.length} rows of [${rowShape.join(", ")}]`,
    classes === undefined
      ? `targets of [${targetShape.join(", ")}]`
      : `${classes} classes`,
  ];
  const arrays = arraysOf(dataset);
  if (arrays === null) return sizes.join(", ");
  const { inputs, targets } = arrays;
  const elements = inputs.data.length / dataset.length * firstRows;
  const parts = [targets.data, inputs.data.subarray(0, elements)];
  return [...sizes, `checksum ${checksumOf(parts)}`].join(", ");
}

/** FNV-1a: of accidents, not of attacks, and where there is no `crypto` too. */
function checksumOf(parts: readonly ArrayBufferView[]): string {
  let hash = 0x811c9dc5;
  for (const { buffer, byteLength, byteOffset } of parts) {
    for (const byte of new Uint8Array(buffer, byteOffset, byteLength)) {
      hash = Math.imul(hash ^ byte, 0x01000193);
    }
  }
  return (hash >>> 0).toString(16).padStart(8, "0");
}
