// What becomes of many elements when they are combined, two at a time, times a
// factor. `reduction.ts` adds the arithmetic of an operation:
//
//   const initial: f32
//   fn termOf(x: f32) -> f32
//   fn combine(total: f32, x: f32) -> f32
//   fn resultOf(total: f32) -> f32

override workgroupSize: u32;
struct Scaling {
  factor: f32,
}

@group(0) @binding(3) var<uniform> scaling: Scaling;
// Whether elements become terms first, and whether totals become results: what
// one command leaves for the next are totals.
override hasTerms = true;
override hasResults = true;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> output: array<f32>;

var<workgroup> partial: array<f32, workgroupSize>;

// The first half of the invocations combines what the second half has with its
// own, and so on by halves. The result is in the first element of `partial`.
fn combineByHalves(local: u32) {
  for (var reach = workgroupSize / 2; reach > 0; reach /= 2) {
    workgroupBarrier();
    if (local < reach) {
      partial[local] = combine(partial[local], partial[local + reach]);
    }
  }
}

fn termAt(index: u32) -> f32 {
  if (hasTerms) {
    return termOf(x[index]);
  }
  return x[index];
}

fn result() -> f32 {
  if (hasResults) {
    return resultOf(partial[0]);
  }
  return partial[0];
}

// All elements. Each workgroup makes one result: each invocation combines the
// elements at its own index among all, that plus the number of all and so on,
// in this order.
@compute @workgroup_size(workgroupSize)
fn reduceAll(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let step = workgroups.x * workgroupSize;
  var total = initial;
  for (
    var index = workgroup.x * workgroupSize + local;
    index < arrayLength(&x);
    index += step
  ) {
    total = combine(total, termAt(index));
  }
  partial[local] = total;
  combineByHalves(local);
  if (local == 0) {
    output[workgroup.x] = scaling.factor * result();
  }
}

// The number of axes that are kept; size and stride of each, the innermost
// first; then those of each axis that is reduced.
@group(0) @binding(2) var<storage, read> axes: array<u32>;

fn offsetAlong(first: u32, end: u32, index: u32) -> u32 {
  var rest = index;
  var offset = 0u;
  for (var axis = first; axis < end; axis += 2u) {
    offset += (rest % axes[axis]) * axes[axis + 1u];
    rest /= axes[axis];
  }
  return offset;
}

// Some axes. Each workgroup makes one element, as above. Workgroups that do not
// fit in one row of the grid go on in the next.
@compute @workgroup_size(workgroupSize)
fn reduceAxes(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let item = workgroup.y * workgroups.x + workgroup.x;
  let count = arrayLength(&x) / arrayLength(&output);
  let reduced = 1u + 2u * axes[0];
  let start = offsetAlong(1u, reduced, min(item, arrayLength(&output) - 1u));
  var total = initial;
  for (var index = local; index < count; index += workgroupSize) {
    let offset = offsetAlong(reduced, arrayLength(&axes), index);
    total = combine(total, termAt(start + offset));
  }
  partial[local] = total;
  combineByHalves(local);
  if (local == 0 && item < arrayLength(&output)) {
    output[item] = scaling.factor * result();
  }
}
