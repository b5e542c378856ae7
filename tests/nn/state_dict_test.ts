import { assertEquals, assertThrows } from "@std/assert";
import { StateDictError } from "../../src/base/errors.ts";
import { CpuDevice } from "../../src/devices/cpu/cpu_device.ts";
import type { HostTensor } from "../../src/formats/safetensors.ts";
import { BatchNorm2d } from "../../src/nn/mod.ts";

const device = CpuDevice.open({ threads: 1 });
const counter = "num_batches_tracked";

/** A trained layer, whose counter is 7, with another counter in its state. */
async function layerWith(tensor: HostTensor | null) {
  const layer = new BatchNorm2d(2).to(device, { seed: 0 });
  const state = await layer.stateDict();
  state.delete(counter);
  layer.loadStateDict(
    state.set(counter, {
      dtype: "I64",
      shape: [],
      data: BigInt64Array.of(7n),
    }),
  );
  if (tensor === null) state.delete(counter);
  else state.set(counter, tensor);
  return { layer, state };
}

const counters: [name: string, tensor: HostTensor | null, value: bigint][] = [
  ["none", null, 0n],
  ["f32", { dtype: "F32", shape: [], data: Float32Array.of(3.75) }, 3n],
  ["f64", { dtype: "F64", shape: [], data: Float64Array.of(-1.5) }, -1n],
  ["i32", { dtype: "I32", shape: [], data: Int32Array.of(4) }, 4n],
  ["u8", { dtype: "U8", shape: [], data: Uint8Array.of(200) }, 200n],
  ["i64 [1]", { dtype: "I64", shape: [1], data: BigInt64Array.of(5n) }, 5n],
];
for (const [name, tensor, value] of counters) {
  Deno.test(`a counter of batches is taken over from ${name}`, async () => {
    const { layer, state } = await layerWith(tensor);
    const report = layer.loadStateDict(state);
    assertEquals(String(report), "<All keys matched successfully>");
    const { data, shape } = (await layer.stateDict()).get(counter)!;
    assertEquals(data, BigInt64Array.of(value));
    assertEquals(shape, []);
  });
}

Deno.test("elements of any type become those of the parameter", async () => {
  const layer = new BatchNorm2d(2).to(device, { seed: 0 });
  const state = await layer.stateDict();
  state.set("weight", {
    dtype: "F64",
    shape: [2],
    data: Float64Array.of(0.1, 2),
  });
  state.set("bias", { dtype: "I8", shape: [2], data: Int8Array.of(-3, 4) });
  state.set("running_var", {
    dtype: "I64",
    shape: [2],
    data: BigInt64Array.of(5n, 6n),
  });
  layer.loadStateDict(state);
  const own = await layer.stateDict();
  assertEquals(own.get("weight")!.data, Float32Array.of(0.1, 2));
  assertEquals(own.get("bias")!.data, Float32Array.of(-3, 4));
  assertEquals(own.get("running_var")!.data, Float32Array.of(5, 6));
});

Deno.test("a shape that is not the parameter's is refused", async () => {
  const layer = new BatchNorm2d(2).to(device, { seed: 0 });
  const state = await layer.stateDict();
  state.set("weight", { dtype: "F32", shape: [1], data: Float32Array.of(1) });
  state.set(counter, {
    dtype: "I64",
    shape: [0],
    data: new BigInt64Array(),
  });
  const load = () => layer.loadStateDict(state);
  assertThrows(load, StateDictError, "size mismatch for weight");
  assertThrows(load, StateDictError, `size mismatch for ${counter}`);
});
