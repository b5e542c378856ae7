import { kerasMnist } from "../../examples/keras_mnist.ts";
import { LeNet5 } from "../../examples/lenet5.ts";
import { mlp } from "../../examples/mlp.ts";
import { Net } from "../../examples/pytorch_mnist.ts";
import { ResNet } from "../../examples/resnet.ts";
import { vgg } from "../../examples/vgg.ts";
import {
  ConvolutionalNeuralNetwork,
  crossEntropy,
  type Labels,
  type Module,
  nllLoss,
  type Tensor,
} from "../../mod.ts";

/** A network that is timed; `peers/pytorch.py` has the same by the same name. */
export interface BenchNetwork {
  make(): Module & { forward(x: Tensor): Tensor };
  readonly imageShape: readonly [number, number, number];
  loss(output: Tensor, labels: Labels): Tensor;
}

const digits = { imageShape: [1, 28, 28], loss: crossEntropy } as const;

/** The networks by name: the notebook's, and those of `examples/`. */
export const networks: Readonly<Record<string, BenchNetwork>> = {
  notebook: { ...digits, make: () => new ConvolutionalNeuralNetwork() },
  vgg: { ...digits, make: vgg },
  resnet: { ...digits, make: () => new ResNet(), imageShape: [3, 32, 32] },
  pytorch_mnist: { ...digits, make: () => new Net(), loss: nllLoss },
  keras_mnist: { ...digits, make: kerasMnist },
  lenet5: { ...digits, make: () => new LeNet5() },
  mlp: { ...digits, make: mlp },
};
