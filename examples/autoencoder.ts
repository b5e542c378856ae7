/**
 * An autoencoder: digits to 64 numbers by strided convolutions, and back by
 * transposed ones.
 *
 *     deno run --unstable-webgpu -A examples/autoencoder.ts [epochs] [images]
 */
import * as nn from "@x/mnist-cnn";

export class Autoencoder extends nn.Module {
  encoder = new nn.Sequential(
    new nn.Conv2d(1, 16, 3, { stride: 2, padding: 1 }),
    new nn.ReLU(),
    new nn.Conv2d(16, 32, 3, { stride: 2, padding: 1 }),
    new nn.ReLU(),
    new nn.Conv2d(32, 64, 7),
  );
  decoder = new nn.Sequential(
    new nn.ConvTranspose2d(64, 32, 7),
    new nn.ReLU(),
    new nn.ConvTranspose2d(32, 16, 3, {
      stride: 2,
      padding: 1,
      outputPadding: 1,
    }),
    new nn.ReLU(),
    new nn.ConvTranspose2d(16, 1, 3, {
      stride: 2,
      padding: 1,
      outputPadding: 1,
    }),
    new nn.Sigmoid(),
  );

  override forward(x: nn.Tensor): nn.Tensor {
    return this.decoder.forward(this.encoder.forward(x));
  }
}

if (import.meta.main) {
  const [epochs = 3, images = 60_000] = Deno.args.map(Number);
  using _device = nn.setDefaultDevice(await nn.openDevice());
  const model = new Autoencoder().to({ seed: 0 });
  const digits = nn.take(
    await nn.Mnist.open("data", { split: "train" }),
    images,
  );
  using batches = new nn.DataLoader(digits, { batchSize: 100, shuffle: true });
  const optimizer = new nn.Adam(model.parameters(), { lr: 0.001 });
  using meanLoss = new nn.Mean();
  using step = nn.capture((x: nn.Tensor) => {
    using tape = new nn.Tape();
    const loss = nn.mseLoss(model.forward(x), x);
    optimizer.zeroGrad();
    tape.backward(loss);
    optimizer.step();
    meanLoss.add(loss);
  });

  let loss = Infinity;
  for (let epoch = 1; epoch <= epochs; epoch++) {
    meanLoss.reset();
    for await (const [x] of batches) step(x);
    loss = await meanLoss.value();
    console.log(`epoch ${epoch} loss ${loss}`);
  }
  const gate = images < 60_000 ? 0.2 : 0.01;
  if (loss > gate) throw new Error(`loss ${loss} is above ${gate}`);
}
