// What becomes of phases where a convolution has a stride: see pack.ts.

// #import "lib/grid.wgsl"

struct Images {
  channels: u32,
  height: u32,
  width: u32,
  strideHeight: u32,
  strideWidth: u32,
  paddingHeight: u32,
  paddingWidth: u32,
  phaseRows: u32,
  phaseColumns: u32,
  hasBias: u32,
}

@group(0) @binding(0) var<storage, read> phases: array<f32>;
@group(0) @binding(1) var<storage, read> bias: array<f32>;
@group(0) @binding(2) var<storage, read_write> images: array<f32>;
@group(0) @binding(3) var<uniform> sizes: Images;

// Images [batch, channels, height, width] of phases [batch, channels, phaseRows,
// phaseColumns, rows, columns], the rows and columns that are left over included.
// What belongs to a phase that is not there is 0, the bias apart.
//
// One invocation makes one row.
@compute @workgroup_size(workgroupSize)
fn imageOfPhases(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = itemOf(invocation, workgroups);
  let plane = index / sizes.height;
  let y = index % sizes.height;
  if (plane >= arrayLength(&images) / (sizes.height * sizes.width)) {
    return;
  }
  let rows = (sizes.height + sizes.strideHeight - 1) / sizes.strideHeight;
  let columns = (sizes.width + sizes.strideWidth - 1) / sizes.strideWidth;
  let phaseRow = (y + sizes.paddingHeight) % sizes.strideHeight;
  let above = plane * sizes.phaseRows + min(phaseRow, sizes.phaseRows - 1);
  let row = y / sizes.strideHeight;
  var shift = 0.0;
  if (sizes.hasBias != 0) {
    shift = bias[plane % sizes.channels];
  }
  var column = 0u;
  var fraction = 0u;
  var phase = sizes.paddingWidth % sizes.strideWidth;
  let start = index * sizes.width;
  for (var i = start; i < start + sizes.width; i++) {
    let inside = phaseRow < sizes.phaseRows && phase < sizes.phaseColumns;
    let own = above * sizes.phaseColumns + min(phase, sizes.phaseColumns - 1);
    let value = phases[(own * rows + row) * columns + column];
    images[i] = select(0.0, value, inside) + shift;
    phase = select(phase + 1, 0, phase + 1 == sizes.strideWidth);
    fraction++;
    column += select(0u, 1u, fraction == sizes.strideWidth);
    fraction = select(fraction, 0, fraction == sizes.strideWidth);
  }
}

@group(0) @binding(0) var<storage, read> phasePairs: array<vec2f>;
@group(0) @binding(2) var<storage, read_write> fours: array<vec4f>;

// The same where every other column is of the same phase, and rows are of fours:
// each four takes a pair of either phase.
//
// One invocation makes one row.
@compute @workgroup_size(workgroupSize)
fn imageOfHalves(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = itemOf(invocation, workgroups);
  let plane = index / sizes.height;
  let y = index - plane * sizes.height;
  let count = sizes.width / 4;
  if (plane >= arrayLength(&fours) / (sizes.height * count)) {
    return;
  }
  let rows = (sizes.height + sizes.strideHeight - 1) / sizes.strideHeight;
  let phaseRow = (y + sizes.paddingHeight) % sizes.strideHeight;
  let above = plane * sizes.phaseRows + min(phaseRow, sizes.phaseRows - 1);
  let row = y / sizes.strideHeight;
  var shift = 0.0;
  if (sizes.hasBias != 0) {
    shift = bias[plane % sizes.channels];
  }
  // Phases of even columns and of odd ones.
  let even = sizes.paddingWidth % 2;
  let odd = 1 - even;
  let last = sizes.phaseColumns - 1;
  let area = rows * count;
  let first = above * sizes.phaseColumns * area + row * count;
  let evens = first + min(even, last) * area;
  let odds = first + min(odd, last) * area;
  let hasRow = phaseRow < sizes.phaseRows;
  let hasEven = vec2<bool>(hasRow && even <= last);
  let hasOdd = vec2<bool>(hasRow && odd <= last);
  for (var i = 0u; i < count; i++) {
    let p = select(vec2f(), phasePairs[evens + i], hasEven);
    let q = select(vec2f(), phasePairs[odds + i], hasOdd);
    fours[index * count + i] = vec4f(p.x, q.x, p.y, q.y) + shift;
  }
}

struct Weights {
  kernelHeight: u32,
  kernelWidth: u32,
  windowHeight: u32,
  windowWidth: u32,
  strideRows: u32,
  strideColumns: u32,
  phasesDown: u32,
  phasesAcross: u32,
}

@group(0) @binding(0) var<storage, read> splits: array<f32>;
@group(0) @binding(1) var<storage, read_write> weight: array<f32>;
@group(0) @binding(2) var<uniform> weights: Weights;

// A weight [targetChannels, sourceChannels, kernelHeight, kernelWidth] of splits
// [splits, targetChannels, sourceChannels, phasesDown, phasesAcross,
// windowHeight, windowWidth], which are added in their order.
//
// One invocation makes one element.
@compute @workgroup_size(workgroupSize)
fn weightOfPhases(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = itemOf(invocation, workgroups);
  if (index >= arrayLength(&weight)) {
    return;
  }
  let area = weights.kernelHeight * weights.kernelWidth;
  let plane = index / area;
  let row = index % area / weights.kernelWidth;
  let column = index % weights.kernelWidth;
  let phase =
    (plane * weights.phasesDown + row % weights.strideRows) *
      weights.phasesAcross + column % weights.strideColumns;
  let first =
    (phase * weights.windowHeight + row / weights.strideRows) *
      weights.windowWidth + column / weights.strideColumns;
  let step = arrayLength(&weight) / area * weights.phasesDown *
    weights.phasesAcross * weights.windowHeight * weights.windowWidth;
  var sum = 0.0;
  for (var i = first; i < arrayLength(&splits); i += step) {
    sum += splits[i];
  }
  weight[index] = sum;
}
