import { assertEquals } from "@std/assert";
import { type AnyTensor, Tensor } from "../src/core/tensor.ts";
import { deviceTest } from "./_devices.ts";
import { isPermitted, needs } from "./permissions.ts";

needs(import.meta.url, "read");

interface Case {
  dtype: "f32" | "i32" | "u8";
  shape: number[];
  bytes: string;
  text: string;
}

const arrays = { f32: Float32Array, i32: Int32Array, u8: Uint8Array };

const cases: Record<string, Case> = isPermitted("read")
  ? JSON.parse(
    await Deno.readTextFile(
      new URL("./golden/tensor_text.json", import.meta.url),
    ),
  )
  : {};

deviceTest("tensors print their values as PyTorch does", async (device) => {
  for (const [source, { bytes, dtype, shape, text }] of Object.entries(cases)) {
    const { buffer } = Uint8Array.fromBase64(bytes);
    const requiresGrad = text.includes("requires_grad=True");
    using tensor: AnyTensor = Tensor.from(
      device,
      new arrays[dtype](buffer),
      shape,
      { requiresGrad },
    );
    const printed = await tensor.toText();
    if (device.kind === "cpu") assertEquals(printed, text, source);
    else assertEquals(withoutDevice(printed), withoutDevice(text), source);
  }
});

deviceTest("a tensor that is not on the CPU says so", async (device) => {
  using x = Tensor.from(device, [1, 2], [2]);
  const suffix = device.kind === "cpu" ? "" : ", device='webgpu'";
  assertEquals(await x.toText(), `tensor([1., 2.]${suffix})`);
});

deviceTest("a view prints its own shape", async (device) => {
  using x = Tensor.from(device, [1, 2, 3, 4], [4]);
  const lines = "tensor([[1., 2.],\n        [3., 4.]]";
  const text = await x.reshape([2, 2]).toText();
  assertEquals(text.slice(0, lines.length), lines);
});

/** The text on one line: a suffix more may break it elsewhere. */
function withoutDevice(text: string): string {
  return text.replaceAll(/,\s+/g, ", ").replace(", device='webgpu'", "");
}
