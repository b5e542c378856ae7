/**
 * An operation of your own with its gradient, on WebGPU and on the CPU: SiLU,
 * `x · sigmoid(x)`. `deno run --unstable-webgpu examples/own_kernel.ts [cpu]`
 */
import { openDevice, sum, Tape, Tensor } from "@x/mnist-cnn";
import * as own from "@x/mnist-cnn/kernel";

const silu = (x: number) => x / (1 + Math.exp(-x));
const slope = (x: number) => (1 + x - silu(x)) / (1 + Math.exp(-x));
const wgsl = own.entryPointsOf(
  "silu.wgsl",
  `override workgroupSize: u32;
  @group(0) @binding(0) var<storage, read> x: array<f32>;
  @group(0) @binding(1) var<storage, read> gradOutput: array<f32>;
  @group(0) @binding(2) var<storage, read_write> result: array<f32>;
  fn silu(x: f32) -> f32 { return x / (1 + exp(-x)); }
  @compute @workgroup_size(workgroupSize)
  fn forward(@builtin(global_invocation_id) id: vec3u) {
    if (id.x < arrayLength(&result)) { result[id.x] = silu(x[id.x]); }
  }
  @compute @workgroup_size(workgroupSize)
  fn gradient(@builtin(global_invocation_id) id: vec3u) {
    if (id.x >= arrayLength(&result)) { return; }
    let slope = (1 + x[id.x] - silu(x[id.x])) / (1 + exp(-x[id.x]));
    result[id.x] = gradOutput[id.x] * slope;
  }`,
);
const siluForward = own.kernel({
  name: "siluForward",
  operands: { x: "read", output: "write" },
  reference: ({ output, x }) => output.set(x.map(silu)),
  webgpu: ({ output: result, x }) => [
    own.elementwise(wgsl.forward, x.buffer.length, { x, result }),
  ],
});
const siluGradient = own.kernel({
  name: "siluGradient",
  operands: { gradOutput: "read", x: "read", gradX: "write" },
  reference: ({ gradOutput, gradX, x }) =>
    gradX.set(x.map((value, i) => gradOutput[i] * slope(value))),
  webgpu: ({ gradOutput, gradX: result, x }) => [
    own.elementwise(wgsl.gradient, x.buffer.length, { x, gradOutput, result }),
  ],
});

/** `x · sigmoid(x)`, any shape of up to 16,776,960 elements. */
export function siluOf(x: Tensor): Tensor {
  const output = Tensor.empty(x.device, x.shape);
  x.device.run(siluForward, { x, output });
  return own.record(output, [x], (gradOutput, [gradX]) => {
    if (gradX !== null) x.device.run(siluGradient, { gradOutput, x, gradX });
  });
}

if (import.meta.main) {
  const wanted = Deno.args[0] === "cpu" ? "cpu" : "webgpu";
  using device = await openDevice({ device: wanted });
  const x = Tensor.from(device, [-1, 0, 1], [3], { requiresGrad: true });
  using y = siluOf(x);
  console.log(await y.toText());
  {
    using tape = new Tape();
    tape.backward(sum(siluOf(x)));
  }
  console.log(await x.grad?.toText());
}
