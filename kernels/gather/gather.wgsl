// Picks a batch out of a data set on the device: the rows and targets at the
// indices from cursor[0] on. `next` becomes where the batch after it starts:
// other memory than `cursor`, which all invocations read.
//
// One invocation makes one element of the rows, or four, and one of the targets.

// #import "lib/grid.wgsl"

override rowLength: u32;
override targetLength: u32;
override rowsPerShard: u32;
override shards: u32;
// Whether the elements are u8, four in a word, the first in the lowest bits;
// else they are f32. A row may start anywhere in a word.
override bytes: bool;
override divisor: f32;
override mean: f32;
// The standard deviation; `std` is a reserved word.
override deviation: f32;

// The rows of the data set, split into as many buffers as `shards` says.
@group(0) @binding(0) var<storage, read> shard0: array<u32>;
@group(0) @binding(1) var<storage, read> shard1: array<u32>;
@group(0) @binding(2) var<storage, read> shard2: array<u32>;
@group(0) @binding(3) var<storage, read> shard3: array<u32>;
@group(0) @binding(4) var<storage, read> indices: array<i32>;
@group(0) @binding(5) var<storage, read> cursor: array<i32>;
@group(0) @binding(6) var<storage, read_write> output: array<f32>;
@group(0) @binding(7) var<storage, read> source: array<u32>;
@group(0) @binding(8) var<storage, read_write> targets: array<u32>;
@group(0) @binding(9) var<storage, read_write> next: array<i32>;

@compute @workgroup_size(workgroupSize)
fn gatherBatch(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = itemOf(invocation, workgroups);
  pickTarget(index);
  pickOne(index);
}

// Four u8 at once, where the length of a row is a multiple of 4.
@compute @workgroup_size(workgroupSize)
fn gatherBatchFours(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = itemOf(invocation, workgroups);
  pickTarget(index);
  pickFour(index);
}

// The rows alone and the targets alone: for devices that bind no more than 8
// buffers.
@compute @workgroup_size(workgroupSize)
fn gatherRows(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  pickOne(itemOf(invocation, workgroups));
}

@compute @workgroup_size(workgroupSize)
fn gatherRowsFours(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  pickFour(itemOf(invocation, workgroups));
}

@compute @workgroup_size(workgroupSize)
fn gatherTargets(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  pickTarget(itemOf(invocation, workgroups));
}

// Of f32 or i32, copied as words.
fn pickTarget(index: u32) {
  if (index == 0) {
    next[0] = cursor[0] + i32(arrayLength(&targets) / targetLength);
  }
  if (index < arrayLength(&targets)) {
    let row = u32(indices[u32(cursor[0]) + index / targetLength]);
    targets[index] = source[row * targetLength + index % targetLength];
  }
}

fn pickOne(index: u32) {
  if (index < arrayLength(&output)) {
    let place = placeOf(index);
    var value = 0.0;
    if (bytes) {
      let four = word(place.x, place.y / 4);
      value = f32(extractBits(four, place.y % 4 * 8, 8));
    } else {
      value = bitcast<f32>(word(place.x, place.y));
    }
    output[index] = (value / divisor - mean) / deviation;
  }
}

// The shard that an element of the output comes from, and where it is there.
fn placeOf(index: u32) -> vec2u {
  let row = u32(indices[u32(cursor[0]) + index / rowLength]);
  let shard = min(row / rowsPerShard, shards - 1);
  let start = (row - shard * rowsPerShard) * rowLength;
  return vec2u(shard, start + index % rowLength);
}

@group(0) @binding(6) var<storage, read_write> outputFours: array<vec4f>;

fn pickFour(index: u32) {
  if (index < arrayLength(&outputFours)) {
    let place = placeOf(4 * index);
    let four = vec4u(word(place.x, place.y / 4));
    let values = vec4f((four >> vec4u(0, 8, 16, 24)) & vec4u(255));
    outputFours[index] = (values / divisor - mean) / deviation;
  }
}

fn word(shard: u32, index: u32) -> u32 {
  switch shard {
    case 0: { return shard0[index]; }
    case 1: { return shard1[index]; }
    case 2: { return shard2[index]; }
    default: { return shard3[index]; }
  }
}
