/**
 * The difference of two byte sequences that have most in common: the CPU kernels
 * with relaxed SIMD and without. It is a list of steps, in variable-length
 * integers (LEB128): a number of bytes, these bytes, how far ahead of the last
 * step's source the next one starts, zigzag, and how many bytes to copy from
 * there.
 *
 * @module
 */

/** Makes the target of its source and their difference. */
export function applyPatch(
  source: Uint8Array,
  patch: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const target: number[] = [];
  let [at, from] = [0, 0];
  const next = (): number => {
    let value = 0;
    for (let shift = 0;; shift += 7) {
      const byte = patch[at++];
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  while (at < patch.length) {
    for (let own = next(); own > 0; own--) target.push(patch[at++]);
    const ahead = next();
    from += (ahead >>> 1) ^ -(ahead & 1);
    for (let copied = next(); copied > 0; copied--) target.push(source[from++]);
  }
  return Uint8Array.from(target);
}
