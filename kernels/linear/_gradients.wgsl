// What the gradients of a linear layer are made of where its rows are whole fours.

@group(0) @binding(0) var<storage, read> gradOutput: array<f32>;
@group(0) @binding(1) var<storage, read> x: array<vec4<Right>>;
@group(0) @binding(2) var<storage, read> weight: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> gradX: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> gradWeight: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> gradBias: array<f32>;

fn gradientsAt(at: vec4u) -> vec4f {
  return vec4f(
    gradOutput[at.x],
    gradOutput[at.y],
    gradOutput[at.z],
    gradOutput[at.w],
  );
}

// A row of a tile for each factor.
fn products(factors: vec4f, terms: vec4f) -> mat4x4f {
  return mat4x4f(
    factors.x * terms,
    factors.y * terms,
    factors.z * terms,
    factors.w * terms,
  );
}
