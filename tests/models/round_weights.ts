/**
 * Writes the shipped weights of the recipe `best`, rounded to 8 bits, from those
 * that `deno task train --recipe best --device cpu` has left:
 * `deno run -A tests/models/round_weights.ts mnist-cnn.safetensors`.
 *
 * @module
 */

import {
  evaluate,
  Mnist,
  openDevice,
  readWeights,
  WiderConvolutionalNeuralNetwork,
  writeSafetensors,
} from "../../mod.ts";
import type { HostTensor } from "../../src/formats/safetensors.ts";
import { inFull } from "../../src/models/_rounded_weights.ts";
import { embedded } from "./embed_weights.ts";

/** Whole numbers from -127 to 127 stand for a row of a weight. */
const most = 127;

/**
 * A weight `[rows, …]` in 8 bits, and what each row's numbers are times: the
 * largest of a row becomes 127.
 */
function rounded({ data, shape }: HostTensor): [HostTensor, HostTensor] {
  const [rows] = shape;
  const width = data.length / rows;
  const scale = new Float32Array(rows);
  const numbers = new Int8Array(data.length);
  for (let row = 0; row < rows; row++) {
    const values = Array.from(
      data.slice(row * width, (row + 1) * width),
      Number,
    );
    scale[row] = Math.max(...values.map(Math.abs)) / most;
    numbers.set(
      values.map((value) => Math.round(value / scale[row])),
      row * width,
    );
  }
  return [
    { dtype: "I8", shape, data: numbers },
    { dtype: "F32", shape: [rows], data: scale },
  ];
}

const { metadata, tensors } = await readWeights(Deno.args[0]);
const kept = new Map<string, HostTensor>();
for (const [name, tensor] of tensors) {
  if (tensor.shape.length < 2) {
    kept.set(name, tensor);
    continue;
  }
  const [numbers, scale] = rounded(tensor);
  kept.set(name, numbers).set(`${name}.scale`, scale);
}

using device = await openDevice({ device: "cpu" });
const model = new WiderConvolutionalNeuralNetwork().to(device);
model.loadStateDict(inFull(kept));
const testData = await Mnist.open("data", { split: "test" });
const { accuracy, loss } = await evaluate(device, model, testData);
const { checksum: _, ...facts } = metadata;
await writeSafetensors(embedded.best.path, kept, {
  ...facts,
  val_acc: String(accuracy),
  val_loss: String(loss),
});
console.log(`rounded to 8 bits: val_loss ${loss}, val_acc ${accuracy}`);
