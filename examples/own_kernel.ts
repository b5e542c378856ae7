/**
 * An operation of your own with its gradient, on WebGPU and on the CPU: SiLU,
 * `x · sigmoid(x)`. `deno run --unstable-webgpu examples/own_kernel.ts [cpu]`
 */
import { openDevice, sum, Tape, Tensor } from "@x/mnist-cnn";
import * as own from "@x/mnist-cnn/kernel";

const wgsl = own.entryPointsOf(
  "silu.wgsl",
  `override workgroupSize: u32;
  @group(0) @binding(0) var<storage, read> x: array<f32>;
  @group(0) @binding(1) var<storage, read> gradOutput: array<f32>;
  @group(0) @binding(2) var<storage, read_write> result: array<f32>;
  @compute @workgroup_size(workgroupSize)
  fn forward(@builtin(global_invocation_id) id: vec3u) {
    if (id.x < arrayLength(&result)) { result[id.x] = x[id.x] * sigmoid(x[id.x]); }
  }
  @compute @workgroup_size(workgroupSize)
  fn gradient(@builtin(global_invocation_id) id: vec3u) {
    if (id.x < arrayLength(&result)) { result[id.x] = gradOutput[id.x] * slope(x[id.x]); }
  }
  fn sigmoid(x: f32) -> f32 { return 1 / (1 + exp(-x)); }
  fn slope(x: f32) -> f32 { return sigmoid(x) * (1 + x * (1 - sigmoid(x))); }`,
);
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const slope = (x: number) => sigmoid(x) * (1 + x * (1 - sigmoid(x)));
const siluForward = own.kernel({
  name: "siluForward",
  operands: { x: "read", result: "write" },
  reference: ({ result, x }) => result.set(x.map((x) => x * sigmoid(x))),
  webgpu: (all) => [own.elementwise(wgsl.forward, all.x.buffer.length, all)],
});
const siluGradient = own.kernel({
  name: "siluGradient",
  operands: { x: "read", gradOutput: "read", result: "write" },
  reference: ({ gradOutput, result, x }) =>
    result.set(x.map((x, i) => gradOutput[i] * slope(x))),
  webgpu: (all) => [own.elementwise(wgsl.gradient, all.x.buffer.length, all)],
});

/** `x · sigmoid(x)`, any shape of up to 16,776,960 elements. */
function silu(x: Tensor): Tensor {
  const result = Tensor.empty(x.device, x.shape);
  x.device.run(siluForward, { x, result });
  return own.record(result, [x], (gradOutput, [gradX]) => {
    x.device.run(siluGradient, { x, gradOutput, result: gradX });
  });
}

const wanted = Deno.args[0] === "cpu" ? "cpu" : "webgpu";
using device = await openDevice({ device: wanted });
const x = Tensor.from(device, [-1, 0, 1], [3], { requiresGrad: true });
console.log(await silu(x).toText());
{
  using tape = new Tape();
  tape.backward(sum(silu(x)));
}
console.log(await x.grad?.toText());
