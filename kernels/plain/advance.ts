/**
 * A counter that lives on the device, so that a recorded step can move it.
 *
 * @module
 */

/** `counter[0] += amount`, in place. */
export function advance(counter: Int32Array, amount: number): void {
  counter[0] += amount;
}
