// As `reduce.wgsl`, of numbers that lie in fours: each invocation holds the sums
// that four neighbours hold there, and they are added in the same order. Of a
// reduction with four times as many invocations, it makes the same bits.

// #import "lib/grid.wgsl"

var<workgroup> partialFours: array<vec4f, workgroupSize>;

fn sumOfFours(own: vec4f, local: u32) -> f32 {
  // Until here, others may read the last sum.
  workgroupBarrier();
  partialFours[local] = own;
  for (var reach = workgroupSize / 2; reach > 0; reach /= 2) {
    workgroupBarrier();
    if (local < reach) {
      partialFours[local] += partialFours[local + reach];
    }
  }
  workgroupBarrier();
  let four = partialFours[0];
  return (four.x + four.z) + (four.y + four.w);
}
