/**
 * A small VGG (Simonyan and Zisserman, 2014) with batch normalisation: two
 * blocks of two 3×3 convolutions, on MNIST:
 *
 *     deno run --unstable-webgpu -A examples/vgg.ts [epochs] [images]
 */
import * as nn from "@x/mnist-cnn";

const convolution = (inChannels: number, outChannels: number) => [
  new nn.Conv2d(inChannels, outChannels, 3, { padding: 1 }),
  new nn.BatchNorm2d(outChannels),
  new nn.ReLU(),
];

export const vgg = (): nn.Sequential =>
  new nn.Sequential(
    ...convolution(1, 32),
    ...convolution(32, 32),
    new nn.MaxPool2d(2),
    ...convolution(32, 64),
    ...convolution(64, 64),
    new nn.MaxPool2d(2),
    new nn.Flatten(),
    new nn.Linear(64 * 7 * 7, 10),
  );

if (import.meta.main) {
  const [epochs = 4, images = 60_000] = Deno.args.map(Number);
  const { metrics: { valAcc } } = await nn.train({
    model: vgg(),
    epochs,
    limit: images,
    lr: 0.003,
    schedule: "one-cycle",
    onEpoch: ({ epoch, loss, valAcc }) =>
      console.log(`epoch ${epoch} loss ${loss} accuracy ${valAcc}`),
  });
  const gate = images < 60_000 ? 0.5 : 0.992;
  if (valAcc < gate) throw new Error(`accuracy ${valAcc} is below ${gate}`);
}
