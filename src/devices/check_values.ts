import { describe } from "../base/errors.ts";
import type { DeviceBuffer, HostArray } from "./device.ts";
import { hostArrays } from "./host_arrays.ts";

/**
 * Refuses host values that do not fit a buffer: a device copies bytes, it does
 * not convert them.
 *
 * @throws {TypeError} If the array is not of the buffer's element type.
 * @throws {RangeError} If there are no values, or more than the buffer holds.
 */
export function checkValues(
  { dtype, length }: DeviceBuffer,
  values: HostArray,
): void {
  if (!(values instanceof hostArrays[dtype])) {
    throw new TypeError(describe({
      what: `write to a device buffer of ${dtype}`,
      expected: `a ${hostArrays[dtype].name}`,
      got: Object.prototype.toString.call(values).slice(8, -1),
      help: `Convert them first: ${hostArrays[dtype].name}.from(values).`,
    }));
  }
  if (values.length > 0 && values.length <= length) return;
  throw new RangeError(describe({
    what: "write to a device buffer",
    expected: `1 to ${length} elements`,
    got: String(values.length),
    help: "Give as many values as the tensor has elements.",
  }));
}
