/**
 * WGSL that compares numbers by their bits, since WGSL leaves open what
 * comparisons make of NaN, and of numbers too small for a normal f32.
 */
export const orderFunctions = `
fn isNan(x: f32) -> bool {
  return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u;
}

// Whole numbers in the order of the numbers; 0 and -0 are both 0.
fn orderOf(x: f32) -> i32 {
  let bits = bitcast<i32>(x);
  return select(bits, bitcast<i32>(0x80000000u) - bits, bits < 0);
}
`;

/** The order of +∞, as `orderOf` of {@linkcode orderFunctions} gives it. */
export const orderOfInfinity = 0x7f800000;

/** `orderOf` on the host, of the nearest f32. */
export function orderOf(x: number): number {
  const [bits] = new Int32Array(Float32Array.of(x).buffer);
  return bits < 0 ? (0x80000000 - bits) | 0 : bits;
}
