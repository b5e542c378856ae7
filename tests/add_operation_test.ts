/**
 * Adds operations to a copy of the library by the steps of ARCHITECTURE.md, and
 * runs them there.
 */
import { assertEquals } from "@std/assert";
import { ensureDir } from "@std/fs";
import { dirname, fromFileUrl, join } from "@std/path";
import { expandWgsl, wgslModuleText } from "../kernels/generate_wgsl.ts";
import { webGpu } from "./_webgpu.ts";
import { needs } from "./permissions.ts";
import { temporaryFolder } from "./temporary_folder.ts";

const root = fromFileUrl(new URL("..", import.meta.url));

const program = `
import { NAME, openDevice, sum, Tape, Tensor } from "./mod.ts";
using device = await openDevice({ device: "DEVICE" });
const x = Tensor.from(device, [-2, 0.5, 3], [3], { requiresGrad: true });
{
  using tape = new Tape();
  tape.backward(sum(NAME(x)));
}
using y = NAME(x);
console.log(JSON.stringify([[...await y.data()], [...await x.grad.data()]]));
`;

const cube = `import { unary, type UnaryOperation } from "./unary.ts";

/** \`x³\`, elementwise. */
export const cube: UnaryOperation = unary({
  name: "cube",
  reference: {
    value: (x) => x ** 3,
    gradient: (g, x) => g * 3 * x * x,
  },
  wgsl: { value: "x * x * x", gradient: "g * 3.0 * x * x" },
});
`;

const doubleKernels = `import { kernel } from "../kernel.ts";
import { elementwise } from "../lib/elementwise.ts";
import * as wgsl from "./double.gen.ts";

/** \`output = 2 · x\`, any shape; it is its own gradient. */
export const double = kernel({
  name: "double",
  operands: { x: "read", output: "write" },
  reference({ output, x }) {
    for (let i = 0; i < output.length; i++) output[i] = 2 * x[i];
  },
  webgpu: ({ output, x }) => [
    elementwise(wgsl.double, output.buffer.length, { x, output }),
  ],
});
`;

const doubleWgsl = `// One invocation doubles one element.

// #import "lib/grid.wgsl"

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> output: array<f32>;

@compute @workgroup_size(workgroupSize)
fn double(
  @builtin(global_invocation_id) invocation: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let index = itemOf(invocation, workgroups);
  if (index < arrayLength(&output)) {
    output[index] = 2 * x[index];
  }
}
`;

const doubleOperation =
  `import { double as doubleForward } from "../../kernels/double/double.ts";
import { record } from "../core/tape.ts";
import { Tensor } from "../core/tensor.ts";

/** Twice \`x\`, any shape. */
export function double(x: Tensor): Tensor {
  const output = Tensor.empty(x.device, x.shape);
  x.device.run(doubleForward, { x, output });
  return record(output, [x], (gradOutput, [gradX]) => {
    if (gradX) x.device.run(doubleForward, { x: gradOutput, output: gradX });
  });
}
`;

needs(import.meta.url, "read", "run", "write");

for (const device of ["cpu", "webgpu"]) {
  const ignore = device === "webgpu" && webGpu === null;

  Deno.test({
    name: `an operation of a family is its file and a line (${device})`,
    ignore,
    fn: async () => {
      await using copy = await libraryWith({ "src/ops/cube.ts": cube });
      assertEquals(await copy.run("cube", device), [
        [-8, 0.125, 27],
        [12, 0.75, 27],
      ]);
    },
  });

  Deno.test({
    name: `an operation with kernels is a folder, its file, a line (${device})`,
    ignore,
    fn: async () => {
      await using copy = await libraryWith({
        "kernels/double/double.ts": doubleKernels,
        "kernels/double/double.wgsl": doubleWgsl,
        "src/ops/double.ts": doubleOperation,
      });
      // As `deno task kernels` does, which compiles the CPU's kernels too.
      const kernels = join(copy.path, "kernels");
      const wgsl = "double/double.wgsl";
      await Deno.writeTextFile(
        join(kernels, wgsl.replace(".wgsl", ".gen.ts")),
        wgslModuleText(wgsl, await expandWgsl(kernels, wgsl)),
      );
      assertEquals(await copy.run("double", device), [[-4, 1, 6], [2, 2, 2]]);
    },
  });
}

/** A copy of the library with further files; each of `src/ops/` is exported. */
async function libraryWith(files: Readonly<Record<string, string>>) {
  const folder = await temporaryFolder();
  for (const part of ["deno.json", "mod.ts", "kernels", "src", "vendor"]) {
    await copyInto(join(folder.path, part), join(root, part));
  }
  for (const [file, text] of Object.entries(files)) {
    const path = join(folder.path, file);
    await ensureDir(dirname(path));
    await Deno.writeTextFile(path, text);
    const name = file.match(/^src\/ops\/(\w+)\.ts$/)?.[1];
    if (name === undefined) continue;
    const line = `export { ${name} } from "./${name}.ts";\n`;
    const operations = join(folder.path, "src/ops/operations.ts");
    await Deno.writeTextFile(operations, line, { append: true });
  }
  const run = async (name: string, device: string): Promise<unknown> => {
    const file = join(folder.path, "program.ts");
    await Deno.writeTextFile(
      file,
      program.replaceAll("NAME", name).replace("DEVICE", device),
    );
    const { code, stderr, stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--unstable-webgpu", "--no-check", file],
      cwd: folder.path,
    }).output();
    assertEquals(code, 0, new TextDecoder().decode(stderr));
    return JSON.parse(new TextDecoder().decode(stdout));
  };
  return { ...folder, run };
}

async function copyInto(to: string, from: string): Promise<void> {
  if ((await Deno.stat(from)).isFile) return await Deno.copyFile(from, to);
  await ensureDir(to);
  for await (const { name } of Deno.readDir(from)) {
    await copyInto(join(to, name), join(from, name));
  }
}
