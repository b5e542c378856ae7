// The first label that is no class, in words that the host reads where a loss is
// NaN: one more than its index, the label, the number of classes, and how many
// labels a row has. They stay as they are where a fault is noted already.

// #import "lib/grid.wgsl"

override classes: i32;
override inner: i32;
override hasIgnored: bool;
override ignored: i32;

@group(0) @binding(0) var<storage, read> labels: array<i32>;
@group(0) @binding(1) var<storage, read_write> fault: array<i32>;

var<workgroup> first: atomic<u32>;

// One workgroup: each invocation looks at the labels at its own index, that plus
// workgroupSize and so on.
@compute @workgroup_size(workgroupSize)
fn checkLabels(@builtin(local_invocation_index) local: u32) {
  let count = arrayLength(&labels);
  for (var index = local; index < count; index += workgroupSize) {
    let label = labels[index];
    let isIgnored = hasIgnored && label == ignored;
    if ((label < 0 || label >= classes) && !isIgnored) {
      // The first fault is the largest distance from the end.
      atomicMax(&first, count - index);
      break;
    }
  }
  workgroupBarrier();
  let distance = atomicLoad(&first);
  if (local == 0 && distance > 0 && fault[0] == 0) {
    let index = count - distance;
    fault[0] = i32(index) + 1;
    fault[1] = labels[index];
    fault[2] = classes;
    fault[3] = inner;
  }
}
