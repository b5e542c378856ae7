import { conv2dGradient } from "../../kernels/conv2d/gradients.ts";
import { conv2dForward } from "../../kernels/conv2d/conv2d.ts";
import type { Conv2dShape } from "../../kernels/conv2d/shape.ts";
import {
  linearForward,
  linearGradient,
  type LinearShape,
} from "../../kernels/linear/linear.ts";
import type { CpuDevice } from "../../src/devices/cpu/cpu_device.ts";

/** Values of both signs, and of many sizes. */
function values(length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => Math.sin(i) * 2 ** (i % 7));
}

/** A buffer of these values, or of a length. */
function operand(device: CpuDevice, given: Float32Array | number) {
  const length = typeof given === "number" ? given : given.length;
  const buffer = device.allocate("f32", length);
  if (typeof given !== "number") device.write(buffer, given);
  return { buffer };
}

async function readAll(
  device: CpuDevice,
  operands: readonly ReturnType<typeof operand>[],
): Promise<Float32Array[]> {
  const read: Float32Array[] = [];
  for (const { buffer } of operands) {
    read.push(await device.read(buffer) as Float32Array);
    device.release(buffer);
  }
  return read;
}

/** A linear layer and its gradients, of which that of the output has NaN and ∞. */
export async function linearLayer(
  device: CpuDevice,
  shape: LinearShape,
): Promise<Float32Array[]> {
  const { batch, inFeatures, outFeatures } = shape;
  const given = values(batch * outFeatures);
  given[0] = NaN;
  given[given.length - 1] = Infinity;
  const gradX = operand(device, batch * inFeatures);
  const gradWeight = operand(device, outFeatures * inFeatures);
  const output = operand(device, batch * outFeatures);
  const x = operand(device, values(batch * inFeatures));
  const weight = operand(device, values(outFeatures * inFeatures));
  const bias = operand(device, values(outFeatures));
  device.run(linearForward, { x, weight, bias, output }, shape);
  device.run(linearGradient, {
    gradOutput: operand(device, given),
    x,
    weight,
    gradX,
    gradWeight,
    gradBias: null,
  }, shape);
  return await readAll(device, [output, gradX, gradWeight]);
}

/** A 3×3 convolution and its gradients. */
export async function convolutions(
  device: CpuDevice,
  batch: number,
  inChannels: number,
  outChannels: number,
  side: number,
): Promise<Float32Array[]> {
  const shape: Conv2dShape = {
    batch,
    inChannels,
    inHeight: side,
    inWidth: side,
    outChannels,
    outHeight: side,
    outWidth: side,
    kernelHeight: 3,
    kernelWidth: 3,
    strideHeight: 1,
    strideWidth: 1,
    paddingHeight: 1,
    paddingWidth: 1,
    dilationHeight: 1,
    dilationWidth: 1,
    groups: 1,
  };
  const pixels = batch * side * side;
  const x = operand(device, values(inChannels * pixels));
  const weight = operand(device, values(inChannels * outChannels * 9));
  const output = operand(device, outChannels * pixels);
  const gradX = operand(device, inChannels * pixels);
  const gradWeight = operand(device, inChannels * outChannels * 9);
  device.run(conv2dForward, { x, weight, bias: null, output }, shape);
  device.run(conv2dGradient, {
    gradOutput: operand(device, values(outChannels * pixels)),
    x,
    weight,
    gradX,
    gradWeight,
  }, shape);
  return await readAll(device, [output, gradX, gradWeight]);
}
