import { assertEquals } from "@std/assert";
import { dispatch, kernel } from "../../../kernels/kernel.ts";
import { fill } from "../../../kernels/fill/fill.ts";
import { entryPointsOf, parseWgsl } from "../../../kernels/wgsl.ts";
import {
  texelReadOf,
  withTexelReads,
} from "../../../src/devices/webgpu/_texel_reads.ts";
import { WebGpuDevice } from "../../../src/devices/webgpu/webgpu_device.ts";
import { webGpuTest } from "../../_webgpu.ts";

const code = `
alias Element = f32;
struct Item { x: u32 }
@group(0) @binding(0) var<storage, read> x: array<Element>; // x[0]
@group(0) @binding(1) var<storage, read> fours: array<vec4f>;
@group(0) @binding(2) var<storage, read> order: array<u32>;
@group(0) @binding(3) var<storage, read> shadowed: array<f32>;
@group(0) @binding(4) var<storage, read_write> output: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) invocation: vec3u) {
  let item = Item(invocation.x);
  let i = i32(item.x);
  if (item.x < arrayLength(&x)) {
    let a = x[u32(x[i])] + fours[i / 4][i % 4];
    output[i] = a + f32(order[i]) + shadowed[i];
  }
}

fn other(shadowed: vec2f) -> f32 {
  return shadowed[1];
}
`;

Deno.test("texel reads: f32 and fours of them, where no local has the name", () => {
  const { bindings } = parseWgsl(code).entryPoints.get("main")!;
  assertEquals(bindings.map((binding) => texelReadOf(code, binding)), [
    { name: "x", index: 100, format: "r32float" },
    { name: "fours", index: 101, format: "rgba32float" },
    null,
    null,
    null,
  ]);
});

Deno.test("texel reads: indices in indices, no members, no comments", () => {
  const { bindings } = parseWgsl(code).entryPoints.get("main")!;
  const reads = bindings.slice(0, 2)
    .map((binding) => texelReadOf(code, binding)!);
  const lines = withTexelReads(code, reads).split("\n");
  assertEquals(
    lines[14],
    "    let a = xAt(u32(u32(xAt(u32(i))))) + foursAt(u32(i / 4))[i % 4];",
  );
  assertEquals(lines[13], "  if (item.x < arrayLength(&x)) {");
  assertEquals(lines[3].includes("xAt"), false);
});

const { scale } = entryPointsOf(
  "scale.wgsl",
  `
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> fours: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> output: array<f32>;

@compute @workgroup_size(64)
fn scale(@builtin(global_invocation_id) invocation: vec3u) {
  let i = invocation.x;
  if (i < arrayLength(&x)) {
    output[i] = x[i] + 2 * fours[i / 4][i % 4];
  }
}
`,
);

const scaled = kernel({
  name: "scaled",
  operands: { x: "read", fours: "read", output: "write" },
  reference({ fours, output, x }) {
    for (let i = 0; i < x.length; i++) output[i] = x[i] + 2 * fours[i];
  },
  webgpu: ({ fours, output, x }) => [
    dispatch(scale, {
      bind: { x, fours, output },
      constants: {},
      workgroups: [Math.ceil(x.buffer.length / 64), 1, 1],
    }),
  ],
});

webGpuTest(
  "texel reads: parts of a buffer, in rows that are not full",
  async () => {
    using device = await WebGpuDevice.open({ poison: true, texelsFrom: 1 });
    const values = Float32Array.from({ length: 20_480 }, (_, i) => i);
    const all = device.allocate("f32", values.length);
    device.write(all, values);
    for (const length of [1, 4095, 4096, 4100, 16_384]) {
      const [x, fours] = [all.view(64, length), all.view(128, 20_000)];
      const output = device.allocate("f32", length);
      device.run(scaled, {
        x: { buffer: x },
        fours: { buffer: fours },
        output: { buffer: output },
      });
      assertEquals(
        await device.read(output),
        Float32Array.from({ length }, (_, i) => 64 + i + 2 * (128 + i)),
      );
    }
  },
);

webGpuTest(
  "texel reads: what was written since is copied anew, also in replays",
  async () => {
    using device = await WebGpuDevice.open({ poison: true, texelsFrom: 1 });
    const length = 64;
    const filled = (value: number) => {
      const buffer = device.allocate("f32", length);
      device.write(buffer, new Float32Array(length).fill(value));
      return { buffer };
    };
    const [x, y, z] = [filled(1), filled(10), filled(100)];
    // y = x + 2 · x, z = y + 2 · y, y = z + 2 · x: y is read, and written after.
    const run = () => {
      device.run(scaled, { x, fours: x, output: y });
      device.run(scaled, { x: y, fours: y, output: z });
      device.run(scaled, { x: z, fours: x, output: y });
      device.run(scaled, { x: y, fours: z, output: z2 });
    };
    const z2 = filled(0);
    const expected = async (value: number) => {
      const all = new Float32Array(length);
      assertEquals(await device.read(y.buffer), all.fill(11 * value).slice());
      assertEquals(await device.read(z2.buffer), all.fill(29 * value));
    };
    run();
    await expected(1);
    device.write(x.buffer, new Float32Array(length).fill(2));
    run();
    await expected(2);
    using program = device.record(run).program;
    device.write(x.buffer, new Float32Array(length).fill(3));
    program.replay();
    await expected(3);
    device.run(fill, { output: x }, 4);
    run();
    await expected(4);
    device.run(fill, { output: x }, 5);
    program.replay();
    device.run(fill, { output: y }, 6);
    device.run(scaled, { x: y, fours: y, output: z2 });
    assertEquals((await device.read(z2.buffer))[0], 18);
  },
);
