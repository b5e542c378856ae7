// The column of the largest score in a row of scores [batch, classes].

// #import "lib/nan.wgsl"

struct Scores {
  batch: u32,
  classes: u32,
}

@group(0) @binding(8) var<uniform> sizes: Scores;

@group(0) @binding(0) var<storage, read> scores: array<f32>;

// The first of equals; NaN is above all, as in PyTorch.
fn largestColumn(row: u32) -> u32 {
  let start = row * sizes.classes;
  var largest = scores[start];
  var column = 0u;
  for (var candidate = 1u; candidate < sizes.classes; candidate++) {
    let score = scores[start + candidate];
    if (!isNan(largest) && (isNan(score) || score > largest)) {
      largest = score;
      column = candidate;
    }
  }
  return column;
}
