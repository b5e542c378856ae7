// Times a captured prediction as `onnxruntime.ts` asks for it: folder, batch, threads.

import {
  capture,
  ConvolutionalNeuralNetwork,
  readShippedWeights,
  Tensor,
} from "../../mod.ts";
import { CpuDevice } from "../../src/kernel/mod.ts";
import { timeRuns } from "./_time_runs.ts";

const [folder, ...sizes] = Deno.args;
const [batch, threads] = sizes.map(Number);
const bytes = await Deno.readFile(`${folder}/images.u8`);
const images = Float32Array.from(
  bytes.subarray(0, batch * 784),
  (value) => value / 255,
);
using device = CpuDevice.open({ threads });
const model = new ConvolutionalNeuralNetwork().to(device);
model.loadStateDict((await readShippedWeights()).tensors);
model.eval();
using x = Tensor.from(device, images, [batch, 1, 28, 28]);
using predict = capture(device, (x: Tensor) => model.forward(x));
const run = async () => {
  device.write(x.buffer, images);
  return await predict(x).data();
};
const times = await timeRuns(batch, run);
const logits = Array.from(await run());
console.log(JSON.stringify({ name: device.label, ...times, logits }));
