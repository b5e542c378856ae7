// How the kernels of a block lay out images [batch, channels, height, width] of
// even height and width, and the 2×2 windows side by side that are pooled.
//
// One workgroup makes one split of one channel: `imagesPerSplit` images, along x;
// channels lie along y. Its invocations take the elements at their own index,
// that plus workgroupSize and so on. Sums over a channel are made in two steps:
// one entry point makes a sum for each split, and the next adds these in their
// order.
//
// `picked` is what the pooling notes for the gradient: the convolution's output
// where each window is largest, as bits, or `nothing` where ReLU makes it 0.

// #import "lib/grid.wgsl"

struct Block {
  batch: u32,
  channels: u32,
  height: u32,
  width: u32,
  imagesPerSplit: u32,
}

@group(0) @binding(10) var<uniform> block: Block;

// Pixels of a plane.
fn area() -> u32 {
  return block.height * block.width;
}

fn splits() -> u32 {
  return (block.batch + block.imagesPerSplit - 1) / block.imagesPerSplit;
}

// Elements of a channel.
fn count() -> f32 {
  return f32(block.batch * area());
}

// A NaN that no processor makes: theirs have the highest fraction bit alone.
const nothing = 0x7fffffffu;

// The images of a workgroup, and its channel.
struct Split {
  first: u32,
  images: u32,
  channel: u32,
}

fn splitOf(workgroup: vec3u) -> Split {
  let first = workgroup.x * block.imagesPerSplit;
  let images = min(block.imagesPerSplit, block.batch - first);
  return Split(first, images, workgroup.y);
}

// Elements of a split, counted through all its images, in planes of `size` with
// rows of `columns`: where one is, also in its plane and in its row. A walk over
// them, workgroupSize at a step, divides only where it starts.
struct Walk {
  at: u32,
  inPlane: u32,
  column: u32,
}

struct Planes {
  size: u32,
  columns: u32,
  step: Walk,
}

fn planesOf(size: u32, columns: u32) -> Planes {
  let planes = workgroupSize / size;
  let inPlane = workgroupSize % size;
  let at = planes * block.channels * size + inPlane;
  return Planes(size, columns, Walk(at, inPlane, workgroupSize % columns));
}

fn elementOf(split: Split, i: u32, planes: Planes) -> Walk {
  let plane = (split.first + i / planes.size) * block.channels + split.channel;
  let inPlane = i % planes.size;
  return Walk(plane * planes.size + inPlane, inPlane, i % planes.columns);
}

fn after(walk: Walk, planes: Planes) -> Walk {
  let inPlane = walk.inPlane + planes.step.inPlane;
  let column = walk.column + planes.step.column;
  let goesOn = inPlane >= planes.size;
  let isNext = column >= planes.columns;
  return Walk(
    walk.at + planes.step.at +
      select(0, (block.channels - 1) * planes.size, goesOn),
    inPlane - select(0, planes.size, goesOn),
    column - select(0, planes.columns, isNext),
  );
}

// Where the upper row of a window is, in a plane where a row of windows has as
// many columns as a row of elements.
fn upperOf(window: Walk) -> u32 {
  return 2 * window.at - window.column;
}
