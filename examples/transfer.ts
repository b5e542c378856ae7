/**
 * Transfer learning: a PyTorch `.pth` of the notebook's network, which knows ten
 * digits. Its first block is frozen, its last layer new, for five classes: digits
 * that differ by 5 are one class.
 *
 *     deno run --unstable-webgpu -A examples/transfer.ts FILE.pth [epochs] [images]
 */
import * as nn from "@x/mnist-cnn";

const block = (inChannels: number, outChannels: number) =>
  new nn.Sequential(
    new nn.Conv2d(inChannels, outChannels, 5, { padding: 2 }),
    new nn.BatchNorm2d(outChannels),
    new nn.ReLU(),
    new nn.MaxPool2d(2),
  );

export class Net extends nn.Module {
  layer1 = block(1, 16);
  layer2 = block(16, 32);
  fc = new nn.Linear(7 * 7 * 32, 10);

  override forward(x: nn.Tensor): nn.Tensor {
    x = this.layer2.forward(this.layer1.forward(x));
    return this.fc.forward(x.flatten(1));
  }
}

/** The network with these weights, ready to learn five classes. */
export function transferred(
  device: nn.Device,
  { tensors }: nn.Weights,
): Net {
  const model = new Net().to(device);
  model.loadStateDict(tensors);
  model.layer1.requiresGrad_(false);
  model.fc = new nn.Linear(7 * 7 * 32, 5).to(device, { seed: 0 });
  return model;
}

async function fiveClasses(split: "train" | "test", images: number) {
  const { inputs, targets } = nn.take(
    await nn.Mnist.open("data", { split }),
    images,
  );
  const labels = targets.data.map((digit) => digit % 5);
  const { data, divisor, rowShape } = inputs;
  const options = { rowShape, divisor, classes: 5 };
  return new nn.TensorDataset(data, labels, options);
}

if (import.meta.main) {
  const [path, epochs = 2, images = 6000] = [
    Deno.args[0],
    ...Deno.args.slice(1).map(Number),
  ];
  using device = nn.setDefaultDevice(await nn.openDevice());
  const model = transferred(device, await nn.readWeights(path));
  const train = await fiveClasses("train", images);
  const test = await fiveClasses("test", 10_000);
  using batches = new nn.DataLoader(train, { batchSize: 100, shuffle: true });
  const trained = model.parameters().filter(({ requiresGrad }) => requiresGrad);
  const optimizer = new nn.Adam(trained, { lr: 0.001 });
  const step = nn.capture((x: nn.Tensor, labels: nn.Labels) => {
    using tape = new nn.Tape();
    const loss = nn.crossEntropy(model.forward(x), labels);
    optimizer.zeroGrad();
    tape.backward(loss);
    optimizer.step();
  });

  let accuracy = 0;
  for (let epoch = 1; epoch <= epochs; epoch++) {
    model.train();
    for await (const [x, labels] of batches) step(x, labels);
    ({ accuracy } = await nn.evaluate(model, test));
    console.log(`epoch ${epoch} accuracy ${accuracy}`);
  }
  const gate = images < 6000 ? 0.5 : 0.97;
  if (accuracy < gate) throw new Error(`accuracy ${accuracy} is below ${gate}`);
}
