/**
 * Keras's "Simple MNIST convnet", https://keras.io/examples/vision/mnist_convnet/,
 * with Keras's initialisation and its Adam:
 *
 *     deno run --unstable-webgpu -A examples/keras_mnist.ts [epochs] [images]
 */
import * as nn from "@x/mnist-cnn";

export const kerasMnist = (): nn.Sequential =>
  new nn.Sequential(
    new nn.Conv2d(1, 32, 3),
    new nn.ReLU(),
    new nn.MaxPool2d(2),
    new nn.Conv2d(32, 64, 3),
    new nn.ReLU(),
    new nn.MaxPool2d(2),
    new nn.Flatten(),
    new nn.Dropout(0.5),
    new nn.Linear(1600, 10),
  );

/** Keras's first values: Glorot's, and biases of 0. */
export function glorot(module: nn.Module): void {
  if (module instanceof nn.Conv2d || module instanceof nn.Linear) {
    nn.init.xavierUniform(module.weight);
    nn.init.zeros(module.bias!);
  }
}

if (import.meta.main) {
  const [epochs = 15, images = 60_000] = Deno.args.map(Number);
  const { metrics: { valAcc } } = await nn.train({
    model: kerasMnist(),
    epochs,
    batchSize: 128,
    limit: images,
    lr: 0.001,
    onEpoch: ({ epoch, loss, valAcc }) =>
      console.log(`epoch ${epoch} loss ${loss} accuracy ${valAcc}`),
  });
  const gate = images < 60_000 ? 0.5 : 0.988;
  if (valAcc < gate) throw new Error(`accuracy ${valAcc} is below ${gate}`);
}
