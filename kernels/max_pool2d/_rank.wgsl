// Elements are compared by whole numbers made of their bits, because WGSL leaves
// open what comparisons make of NaN.

const rankOfNaN = 0xffffffffu;

// A number from 1 on that is larger for larger numbers, given their bits: equal
// for 0 and −0, largest for NaN.
fn rankOf(bits: u32) -> u32 {
  if ((bits & 0x7fffffffu) > 0x7f800000u) {
    return rankOfNaN;
  }
  return select(bits | 0x80000000u, ~bits, bits > 0x80000000u);
}
