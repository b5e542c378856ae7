// Moves a counter: one invocation for its one element.

override amount: i32;

@group(0) @binding(0) var<storage, read_write> counter: array<i32>;

@compute @workgroup_size(1)
fn advance() {
  counter[0] += amount;
}
