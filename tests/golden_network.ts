import { assertEquals } from "@std/assert";
import {
  ConvolutionalNeuralNetwork,
  crossEntropy,
  type Device,
  type HostTensor,
  type Shape,
  Tape,
  Tensor,
} from "../mod.ts";
import { assertClose } from "./close.ts";
import type { Golden } from "./golden.ts";

/** A batch. */
export type Inputs = readonly [images: Tensor, labels: Tensor<Shape, "i32">];

/** What a training step makes, before the optimizer. */
export interface Step {
  loss: number;
  /** By the names of the parameters. */
  gradients: Record<string, ArrayLike<number>>;
}

/** The bias of a convolution before a BatchNorm has no true gradient. */
export const noise = /^layer\d\.(0\.bias|1\.running_mean)$/;

/** The golden tensors whose names begin with `prefix`, without it. */
export function stateOf(
  golden: Golden,
  prefix: string,
): Map<string, HostTensor> {
  return new Map(
    [...golden.tensors].filter(([name]) => name.startsWith(prefix))
      .map(([name, tensor]) => [name.slice(prefix.length), tensor]),
  );
}

/** The network with the weights of `golden/network.safetensors`. */
export function networkOn(
  device: Device,
  golden: Golden,
): ConvolutionalNeuralNetwork {
  const model = new ConvolutionalNeuralNetwork().to(device, { seed: 9 });
  const report = model.loadStateDict(stateOf(golden, "state."));
  assertEquals(String(report), "<All keys matched successfully>");
  return model;
}

/** The batch of that file. */
export function batchOf(device: Device, golden: Golden): Inputs {
  const { dtype, shape } = golden.tensor("input");
  const pixels = Float32Array.from(
    golden.numbers("input"),
    (value) => dtype === "U8" ? Math.fround(value / 255) : value,
  );
  const labels = golden.integers("labels");
  return [
    Tensor.from(device, pixels, shape),
    Tensor.from(device, labels, [labels.length]),
  ];
}

/** The network's loss of that batch, and its gradients. */
export async function firstStep(
  model: ConvolutionalNeuralNetwork,
  device: Device,
  golden: Golden,
): Promise<Step> {
  const backward = () => {
    using tape = new Tape();
    const [images, labels] = batchOf(device, golden);
    const loss = crossEntropy(model.forward(images), labels);
    model.zeroGrad();
    tape.backward(loss);
    return loss;
  };
  using loss = backward();
  const gradients: Step["gradients"] = {};
  for (const [name, { grad }] of model.namedParameters()) {
    gradients[name] = await grad!.data();
  }
  return { loss: await loss.item(), gradients };
}

/** Throws unless these are PyTorch's numbers. */
export function assertStep({ gradients, loss }: Step, golden: Golden): void {
  // Worst measured: 5e-7.
  const tolerance = { atol: 1e-5, rtol: 1e-5 };
  assertClose([loss], golden.numbers("loss"), tolerance, "loss");
  for (const [name, gradient] of Object.entries(gradients)) {
    const expected = golden.numbers(`gradient.${name}`);
    const largest = Math.max(...expected.map(Math.abs));
    const atol = noise.test(name) ? 1e-5 : 1e-4 * largest;
    assertClose(gradient, expected, { atol, rtol: 0 }, name);
  }
}
