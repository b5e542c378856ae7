// The sum of what the invocations of a workgroup hold, for all of them. The
// first half of the invocations adds the sums of the second half to its own, and
// so on by halves. The importer says what is summed: `alias Partial = f32;`.

// #import "lib/grid.wgsl"

var<workgroup> partial: array<Partial, workgroupSize>;

fn sumOfWorkgroup(own: Partial, local: u32) -> Partial {
  // Until here, others may read the last sum.
  workgroupBarrier();
  partial[local] = own;
  for (var reach = workgroupSize / 2; reach > 0; reach /= 2) {
    workgroupBarrier();
    if (local < reach) {
      partial[local] += partial[local + reach];
    }
  }
  workgroupBarrier();
  return partial[0];
}
