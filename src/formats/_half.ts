/** Multiplying by it turns the fraction of a subnormal F16 into its value. */
const F16_SUBNORMAL_UNIT = 2 ** -24;

/**
 * Widens IEEE 754 binary16, given as bits, to F32. Every value of F16 is one
 * of F32, so nothing is rounded; the payload of a NaN is kept.
 */
export function float32FromF16(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const values = new Float32Array(halves.length);
  const bits = new Uint32Array(values.buffer);
  halves.forEach((half, index) => {
    const sign = (half & 0x8000) << 16;
    const exponent = (half >> 10) & 0x1f;
    const fraction = half & 0x3ff;
    if (exponent === 0) {
      values[index] = fraction * F16_SUBNORMAL_UNIT;
      bits[index] |= sign;
    } else {
      // The biases are 15 and 127; all ones stands for infinity and NaN.
      const wide = exponent === 0x1f ? 0xff : exponent + 127 - 15;
      bits[index] = sign | (wide << 23) | (fraction << 13);
    }
  });
  return values;
}

/** Widens bfloat16, given as bits, to F32: it is the upper half of one. */
export function float32FromBF16(
  halves: Uint16Array,
): Float32Array<ArrayBuffer> {
  const bits = new Uint32Array(halves.length);
  halves.forEach((half, index) => {
    bits[index] = half << 16;
  });
  return new Float32Array(bits.buffer);
}
