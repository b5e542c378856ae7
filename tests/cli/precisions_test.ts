import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import {
  type HostTensor,
  writeSafetensors,
} from "../../src/formats/safetensors.ts";
import { readWeights } from "../../src/formats/weights.ts";
import { goldenPath } from "../formats/_golden_file.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { run, writeDigits } from "./_program.ts";
import { needs } from "../permissions.ts";

needs(import.meta.url, "read", "run", "write");

/** The bytes of numbers in an element type, little-endian. */
const encoders: Record<string, (values: Float32Array) => ArrayBufferView> = {
  F16: (values) => new Float16Array(values),
  // The upper half of each f32.
  BF16: (values) =>
    new Uint16Array(values.slice().buffer).filter((_, half) => half % 2 === 1),
  F64: (values) => Float64Array.from(values),
};

/** Those numbers again, each as the f32 that it is. */
const decoders: Record<string, (bytes: ArrayBufferView) => Float32Array> = {
  F16: (bytes) => Float32Array.from(bytes as Float16Array),
  BF16: (bytes) => {
    const halves = Array.from(bytes as Uint16Array, (half) => [0, half]);
    return new Float32Array(Uint16Array.from(halves.flat()).buffer);
  },
  F64: (bytes) => Float32Array.from(bytes as Float64Array),
};

/** A safetensors file of an element type, and the same tensors in F32. */
function encoded(
  tensors: ReadonlyMap<string, HostTensor>,
  dtype: string,
): { file: Blob; widened: Map<string, HostTensor> } {
  const widened = new Map(tensors);
  const header: Record<string, unknown> = {};
  const parts: ArrayBufferView[] = [];
  let offset = 0;
  for (const [name, { data, dtype: own, shape }] of tensors) {
    const part = own === "F32" ? encoders[dtype](data as Float32Array) : data;
    if (own === "F32") {
      widened.set(name, { dtype: own, shape, data: decoders[dtype](part) });
    }
    header[name] = {
      dtype: own === "F32" ? dtype : own,
      shape,
      data_offsets: [offset, offset += part.byteLength],
    };
    parts.push(part);
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const length = new BigUint64Array([BigInt(text.length)]);
  return { file: new Blob([length, text, ...parts as BlobPart[]]), widened };
}

for (const dtype of Object.keys(encoders)) {
  Deno.test(`weights in ${dtype} are read as the numbers that they are`, async () => {
    await using folder = await temporaryFolder();
    await writeDigits(folder.path);
    const [short, full] = ["short", "full"].map((name) =>
      join(folder.path, `${name}.safetensors`)
    );
    const { tensors } = await readWeights(goldenPath("pytorch_network.pth"));
    const { file, widened } = encoded(tensors, dtype);
    await Deno.writeFile(short, file.stream());
    await writeSafetensors(full, widened);

    const inspected = await run("inspect", short, "--json");
    assertEquals(JSON.parse(inspected.stdout).tensors[0].dtype, dtype);
    const options = ["--data", folder.path, "--device", "cpu", "--json"];
    const seen = await run("predict", ...options, "--model", short);
    const expected = await run("predict", ...options, "--model", full);
    assertEquals([expected.code, expected.stderr], [0, ""]);
    assertEquals(seen.code, 0);
    const predictionsOf = ({ stdout }: { stdout: string }) =>
      JSON.parse(stdout).predictions;
    assertEquals(predictionsOf(seen), predictionsOf(expected));
  });
}
