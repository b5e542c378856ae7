/**
 * The notebook as a program: own model, own loop.
 *
 *     deno run --unstable-webgpu -A examples/beautiful_mnist.ts [epochs] [images]
 */
import {
  Adam,
  BatchNorm2d,
  capture,
  Conv2d,
  crossEntropy,
  DataLoader,
  evaluate,
  Linear,
  MaxPool2d,
  Mean,
  Mnist,
  Module,
  openDevice,
  ReLU,
  Sequential,
  take,
  Tape,
  type Tensor,
} from "@x/mnist-cnn";

const [epochs = 1, images = 60000] = Deno.args.map(Number);

const block = (inChannels: number, outChannels: number) =>
  new Sequential(
    new Conv2d(inChannels, outChannels, { kernelSize: 5, padding: 2 }),
    new BatchNorm2d(outChannels),
    new ReLU(),
    new MaxPool2d(2),
  );

class ConvolutionalNeuralNetwork extends Module {
  layer1 = block(1, 16);
  layer2 = block(16, 32);
  fc = new Linear(7 * 7 * 32, 10);
  forward(x: Tensor) {
    return this.fc.forward(
      this.layer2.forward(this.layer1.forward(x)).flatten(),
    );
  }
}

using device = await openDevice({ onChoice: console.log });
const model = new ConvolutionalNeuralNetwork().to(device, { seed: 0 });
const optimizer = new Adam(model.parameters(), { lr: 0.01 });
const data = take(await Mnist.open("data", { split: "train" }), images);
const test = take(await Mnist.open("data", { split: "test" }), images);
using batches = new DataLoader(data, {
  device,
  batchSize: 100,
  shuffle: true,
  seed: 0,
});
using meanLoss = new Mean(device);

using step = capture(
  device,
  (images: Tensor, labels: Tensor<readonly number[], "i32">) => {
    using tape = new Tape();
    const loss = crossEntropy(model.forward(images), labels);
    optimizer.zeroGrad();
    tape.backward(loss);
    optimizer.step();
    meanLoss.add(loss);
  },
);

let accuracy = 0;
for (let epoch = 1; epoch <= epochs; epoch++) {
  model.train();
  meanLoss.reset();
  for await (const [images, labels] of batches) step(images, labels);
  ({ accuracy } = await evaluate(device, model, test));
  console.log(
    `epoch ${epoch} loss ${await meanLoss.value()} accuracy ${accuracy}`,
  );
}

// What a right program reaches: 0.97 after an epoch of all images.
const gate = images < 60000 ? 0.5 : 0.97;
if (accuracy < gate) throw new Error(`accuracy ${accuracy} is below ${gate}`);
