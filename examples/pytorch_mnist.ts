/**
 * PyTorch's examples/mnist, line for line:
 * https://github.com/pytorch/examples/blob/main/mnist/main.py
 *
 *     deno run --unstable-webgpu -A examples/pytorch_mnist.ts [epochs] [images]
 */
import * as nn from "@x/mnist-cnn";

export class Net extends nn.Module {
  conv1 = new nn.Conv2d(1, 32, 3, 1);
  conv2 = new nn.Conv2d(32, 64, 3, 1);
  dropout1 = new nn.Dropout(0.25);
  dropout2 = new nn.Dropout(0.5);
  fc1 = new nn.Linear(9216, 128);
  fc2 = new nn.Linear(128, 10);

  override forward(x: nn.Tensor): nn.Tensor {
    x = nn.relu(this.conv1.forward(x));
    x = nn.relu(this.conv2.forward(x));
    x = nn.maxPool2d(x, 2);
    x = this.dropout1.forward(x);
    x = x.flatten(1);
    x = nn.relu(this.fc1.forward(x));
    x = this.dropout2.forward(x);
    return nn.logSoftmax(this.fc2.forward(x), 1);
  }
}

if (import.meta.main) {
  const [epochs = 14, images = 60_000] = Deno.args.map(Number);
  using _device = nn.setDefaultDevice(await nn.openDevice());
  const transform = new nn.transforms.Compose([
    new nn.transforms.ToTensor(),
    new nn.transforms.Normalize(0.1307, 0.3081),
  ]);
  const dataset1 = nn.take(
    await nn.Mnist.open("data", { split: "train" }),
    images,
  );
  const dataset2 = await nn.Mnist.open("data", { split: "test" });
  const trainLoader = new nn.DataLoader(dataset1, {
    batchSize: 64,
    shuffle: true,
    seed: 1,
    transform,
  });
  const testLoader = new nn.DataLoader(dataset2, {
    batchSize: 1000,
    transform,
  });

  const model = new Net().to({ seed: 1 });
  const optimizer = new nn.Adadelta(model.parameters(), { lr: 1.0 });
  const scheduler = new nn.lrScheduler.StepLR(optimizer, {
    stepSize: 1,
    gamma: 0.7,
  });

  const step = nn.capture((data: nn.Tensor, target: nn.Labels) => {
    using tape = new nn.Tape();
    optimizer.zeroGrad();
    const output = model.forward(data);
    const loss = nn.nllLoss(output, target);
    tape.backward(loss);
    optimizer.step();
  });
  const correctOf = nn.capture((data: nn.Tensor, target: nn.Labels) =>
    nn.noGrad(() => model.forward(data).argmax(1).eq(target).sum())
  );

  let accuracy = 0;
  for (let epoch = 1; epoch <= epochs; epoch++) {
    model.train();
    for await (const [data, target] of trainLoader) step(data, target);
    model.eval();
    let correct = 0;
    for await (const [data, target] of testLoader) {
      correct += await correctOf(data, target).item();
    }
    accuracy = correct / dataset2.length;
    console.log(`epoch ${epoch} accuracy ${accuracy}`);
    scheduler.step();
  }
  const gate = images < 60_000 ? 0.5 : 0.989;
  if (accuracy < gate) throw new Error(`accuracy ${accuracy} is below ${gate}`);
}
