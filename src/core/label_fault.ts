import { describe } from "../base/errors.ts";
import type { Device, DeviceBuffer, Operand } from "../devices/device.ts";

/**
 * Labels lie on the device, where no kernel can throw: a loss of a label that is
 * no class is NaN, and its kernel notes the label. Where the host reads NaN it
 * looks for the note, so that nothing waits for a GPU meanwhile.
 */
const faults = new WeakMap<Device, DeviceBuffer>();

/** The place where kernels of a device note a label that is no class. */
export function labelFault(device: Device): Operand {
  const known = faults.get(device);
  if (known !== undefined) return { buffer: known };
  const buffer = device.allocate("i32", 4, "persistent");
  device.write(buffer, new Int32Array(4));
  faults.set(device, buffer);
  return { buffer };
}

/**
 * Looks for the note where a value that was read is NaN, and forgets it.
 *
 * @throws {RangeError} If a label is no class.
 */
export async function checkLabelFault(
  device: Device,
  values: ArrayLike<number>,
): Promise<void> {
  const buffer = faults.get(device);
  if (buffer === undefined || !hasNaN(values)) return;
  const [position, label, classes, inner] = await device.read(buffer);
  if (position === 0) return;
  device.write(buffer, new Int32Array(4));
  const index = position - 1;
  const row = Math.floor(index / inner);
  const place = inner === 1
    ? `row ${row}`
    : `row ${row}, element ${index % inner}`;
  throw new RangeError(describe({
    what: `a loss: label of ${place}`,
    expected: `a class from 0 to ${classes - 1}, as scores of ${classes} ` +
      `classes have`,
    got: String(label),
    help: "Give the model as many outputs as there are classes; labels to " +
      "leave out are named by ignoreIndex.",
  }));
}

function hasNaN(values: ArrayLike<number>): boolean {
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i])) return true;
  }
  return false;
}
