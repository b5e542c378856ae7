/**
 * A generative adversarial network (Goodfellow et al., 2014) with convolutions
 * as in DCGAN (Radford, Metz and Chintala, 2015): two networks, two optimizers.
 *
 *     deno run --unstable-webgpu -A examples/gan.ts [epochs] [images]
 */
import * as nn from "@x/mnist-cnn";

export class Generator extends nn.Module {
  fc = new nn.Linear(64, 64 * 7 * 7);
  bn = new nn.BatchNorm1d(64 * 7 * 7);
  up = new nn.Sequential(
    new nn.ConvTranspose2d(64, 32, 4, { stride: 2, padding: 1 }),
    new nn.BatchNorm2d(32),
    new nn.ReLU(),
    new nn.ConvTranspose2d(32, 1, 4, { stride: 2, padding: 1 }),
    new nn.Tanh(),
  );

  override forward(noise: nn.Tensor): nn.Tensor {
    const x = this.bn.forward(this.fc.forward(noise)).relu();
    return this.up.forward(x.reshape([-1, 64, 7, 7]));
  }
}

export const discriminator = (): nn.Sequential =>
  new nn.Sequential(
    new nn.Conv2d(1, 32, 4, { stride: 2, padding: 1 }),
    new nn.LeakyReLU(0.2),
    new nn.Conv2d(32, 64, 4, { stride: 2, padding: 1 }),
    new nn.LeakyReLU(0.2),
    new nn.Flatten(),
    new nn.Linear(64 * 7 * 7, 1),
  );

/** A step of both networks: images of −1 to 1, and noise `[N, 64]`. */
export function adversarialStep(
  generator: Generator,
  discriminator: nn.Sequential,
): (images: nn.Tensor, noise: nn.Tensor) => [nn.Tensor, nn.Tensor] {
  const options = { lr: 2e-4, betas: [0.5, 0.999] } as const;
  const ofGenerator = new nn.Adam(generator.parameters(), options);
  const ofDiscriminator = new nn.Adam(discriminator.parameters(), options);
  return (images, noise) => {
    using tape = new nn.Tape();
    const real = nn.Tensor.ones([images.shape[0], 1]);
    const fake = nn.Tensor.zeros([images.shape[0], 1]);
    const made = generator.forward(noise);

    ofDiscriminator.zeroGrad();
    const lossOfDiscriminator = nn.bceWithLogits(
      discriminator.forward(images),
      real,
    )
      .add(nn.bceWithLogits(discriminator.forward(made.detach()), fake));
    tape.backward(lossOfDiscriminator);
    ofDiscriminator.step();

    ofGenerator.zeroGrad();
    const lossOfGenerator = nn.bceWithLogits(discriminator.forward(made), real);
    tape.backward(lossOfGenerator);
    ofGenerator.step();
    return [tape.keep(lossOfDiscriminator), tape.keep(lossOfGenerator)];
  };
}

if (import.meta.main) {
  const [epochs = 5, images = 60_000] = Deno.args.map(Number);
  using device = nn.setDefaultDevice(await nn.openDevice());
  const generator = new Generator().to({ seed: 0 });
  const digits = nn.take(
    await nn.Mnist.open("data", { split: "train" }),
    images,
  );
  using batches = new nn.DataLoader(digits, {
    batchSize: 100,
    shuffle: true,
    transform: (x) => x.mul(2).sub(1),
  });
  const train = adversarialStep(generator, discriminator().to({ seed: 1 }));
  const random = new nn.RandomGenerator(2);
  using step = nn.capture((x: nn.Tensor, noise: nn.Tensor) => train(x, noise));

  for (let epoch = 1; epoch <= epochs; epoch++) {
    const losses: nn.Tensor[] = [];
    for await (const [x] of batches) {
      using noise = nn.Tensor.randn([100, 64], { generator: random });
      losses.splice(0, 2, ...step(x, noise));
    }
    const [ofDiscriminator, ofGenerator] = await Promise.all(
      losses.map((loss) => loss.item()),
    );
    console.log(
      `epoch ${epoch} loss ${ofDiscriminator} of the discriminator, ` +
        `${ofGenerator} of the generator`,
    );
  }

  // A network that knows digits looks at what was made.
  const judge = new nn.ConvolutionalNeuralNetwork().to(device).eval();
  judge.loadStateDict((await nn.readShippedWeights()).tensors);
  using noise = nn.Tensor.randn([100, 64], { generator: random });
  using classes = nn.noGrad(() =>
    judge.forward(generator.eval().forward(noise).add(1).div(2)).argmax(1)
  );
  const kinds = new Set(await classes.data()).size;
  console.log(`${kinds} of 10 digits among 100 that were made`);
  const gate = images < 60_000 ? 1 : 8;
  if (kinds < gate) throw new Error(`${kinds} digits are fewer than ${gate}`);
}
