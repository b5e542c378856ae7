/**
 * MNIST, with a model and a loop of your own:
 *
 *     deno run --unstable-webgpu -A examples/beautiful_mnist.ts [epochs] [images]
 */
import * as nn from "@x/mnist-cnn";

const [epochs = 1, images = 60_000] = Deno.args.map(Number);
using device = nn.setDefaultDevice(await nn.openDevice());
console.log(device.label);

const block = (inChannels: number, outChannels: number) => [
  new nn.Conv2d(inChannels, outChannels, 5, { padding: 2 }),
  new nn.BatchNorm2d(outChannels),
  new nn.ReLU(),
  new nn.MaxPool2d(2),
];
const layers = [...block(1, 16), ...block(16, 32), new nn.Flatten()];
const model = new nn.Sequential(...layers, new nn.Linear(7 * 7 * 32, 10));
model.to({ seed: 0 });

const train = nn.take(await nn.Mnist.open("data", { split: "train" }), images);
const test = nn.take(await nn.Mnist.open("data", { split: "test" }), images);
const order = { batchSize: 100, shuffle: true, seed: 0 };
using batches = new nn.DataLoader(train, order);
const optimizer = new nn.Adam(model.parameters(), { lr: 0.01 });
using meanLoss = new nn.Mean();
using step = nn.capture((x: nn.Tensor, labels: nn.Labels) => {
  using tape = new nn.Tape();
  const loss = nn.crossEntropy(model.forward(x), labels);
  optimizer.zeroGrad();
  tape.backward(loss);
  optimizer.step();
  meanLoss.add(loss);
});

let accuracy = 0;
for (let epoch = 1; epoch <= epochs; epoch++) {
  model.train();
  meanLoss.reset();
  for await (const [x, labels] of batches) step(x, labels);
  ({ accuracy } = await nn.evaluate(model, test));
  const loss = await meanLoss.value();
  console.log(`epoch ${epoch} loss ${loss} accuracy ${accuracy}`);
}

const gate = images < 60_000 ? 0.5 : 0.97;
if (accuracy < gate) throw new Error(`accuracy ${accuracy} is below ${gate}`);
