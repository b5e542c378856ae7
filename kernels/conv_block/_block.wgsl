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

override batch: u32;
override channels: u32;
override height: u32;
override width: u32;
override imagesPerSplit: u32;

override area: u32 = height * width;
override windows: u32 = area / 4;
override count: f32 = f32(batch * area);
override splits: u32 = (batch + imagesPerSplit - 1) / imagesPerSplit;

// A NaN that no processor makes: theirs have the highest fraction bit alone.
const nothing = 0x7fffffffu;

// The images of a workgroup, and its channel.
struct Split {
  first: u32,
  images: u32,
  channel: u32,
}

fn splitOf(workgroup: vec3u) -> Split {
  let first = workgroup.x * imagesPerSplit;
  return Split(first, min(imagesPerSplit, batch - first), workgroup.y);
}

// Where the i-th of the `size` elements that a plane has is, counted through
// all images of a split.
fn element(split: Split, i: u32, size: u32) -> u32 {
  return ((split.first + i / size) * channels + split.channel) * size + i % size;
}

// Where the upper row of a window is, in a plane where a row of windows has
// `columns` of them and a row of elements as many.
fn upperOf(window: u32, columns: u32) -> u32 {
  return window + window / columns * columns;
}
