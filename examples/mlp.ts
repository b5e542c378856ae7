/**
 * A multilayer perceptron, 784–500–10, on MNIST:
 *
 *     deno run --unstable-webgpu -A examples/mlp.ts [epochs] [images]
 */
import * as nn from "@x/mnist-cnn";

export const mlp = (): nn.Sequential =>
  new nn.Sequential(
    new nn.Flatten(),
    new nn.Linear(28 * 28, 500),
    new nn.ReLU(),
    new nn.Linear(500, 10),
  );

if (import.meta.main) {
  const [epochs = 10, images = 60_000] = Deno.args.map(Number);
  const { metrics: { valAcc } } = await nn.train({
    model: mlp(),
    epochs,
    limit: images,
    lr: 0.001,
    onEpoch: ({ epoch, loss, valAcc }) =>
      console.log(`epoch ${epoch} loss ${loss} accuracy ${valAcc}`),
  });
  const gate = images < 60_000 ? 0.5 : 0.975;
  if (valAcc < gate) throw new Error(`accuracy ${valAcc} is below ${gate}`);
}
