/**
 * A small ResNet (He, Zhang, Ren and Sun, 2015) on 32×32 pictures in colour:
 * CIFAR-10 where its binary files are in `data/cifar-10-batches-bin`, otherwise
 * MNIST's digits, coloured.
 *
 *     deno run --unstable-webgpu -A examples/resnet.ts [epochs] [images]
 */
import * as nn from "@x/mnist-cnn";

class Block extends nn.Module {
  conv1;
  bn1;
  conv2;
  bn2;
  shortcut;
  /** The same layers again, which run fused so. */
  #first;

  constructor(inChannels: number, outChannels: number, stride: number) {
    super();
    const options = { padding: 1, bias: false };
    this.conv1 = new nn.Conv2d(inChannels, outChannels, 3, {
      stride,
      ...options,
    });
    this.bn1 = new nn.BatchNorm2d(outChannels);
    this.conv2 = new nn.Conv2d(outChannels, outChannels, 3, options);
    this.bn2 = new nn.BatchNorm2d(outChannels);
    this.shortcut = stride === 1 && inChannels === outChannels
      ? new nn.Identity()
      : new nn.Sequential(
        new nn.Conv2d(inChannels, outChannels, 1, { stride, bias: false }),
        new nn.BatchNorm2d(outChannels),
      );
    this.#first = new nn.Sequential(this.conv1, this.bn1, new nn.ReLU());
  }

  override forward(x: nn.Tensor): nn.Tensor {
    const y = this.bn2.forward(this.conv2.forward(this.#first.forward(x)));
    return y.add(this.shortcut.forward(x)).relu();
  }
}

export class ResNet extends nn.Module {
  conv1 = new nn.Conv2d(3, 16, 3, { padding: 1, bias: false });
  bn1 = new nn.BatchNorm2d(16);
  layer1 = new Block(16, 16, 1);
  layer2 = new Block(16, 32, 2);
  layer3 = new Block(32, 64, 2);
  fc = new nn.Linear(64, 10);
  #first = new nn.Sequential(this.conv1, this.bn1, new nn.ReLU());

  override forward(x: nn.Tensor): nn.Tensor {
    x = this.#first.forward(x);
    x = this.layer3.forward(this.layer2.forward(this.layer1.forward(x)));
    return this.fc.forward(nn.adaptiveAvgPool2d(x, 1).flatten(1));
  }
}

/** CIFAR-10's own files: a label and 3 × 32 × 32 bytes, again and again. */
async function cifar10(names: readonly string[]): Promise<nn.TensorDataset> {
  const files = await Promise.all(
    names.map((name) => Deno.readFile(`data/cifar-10-batches-bin/${name}.bin`)),
  );
  const bytes = new Uint8Array(await new Blob(files).arrayBuffer());
  const rows = bytes.length / 3073;
  const pixels = new Uint8Array(rows * 3072);
  const labels = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) {
    labels[row] = bytes[row * 3073];
    const picture = bytes.subarray(row * 3073 + 1, (row + 1) * 3073);
    pixels.set(picture, row * 3072);
  }
  const options = { rowShape: [3, 32, 32], divisor: 255, classes: 10 };
  return new nn.TensorDataset(pixels, labels, options);
}

/** MNIST's digits in the middle of 32 × 32 pixels, each in a colour of its own. */
async function colouredDigits(split: "train" | "test", images: number) {
  const mnist = nn.take(await nn.Mnist.open("data", { split }), images);
  const { inputs, length, targets } = mnist;
  const pixels = new Uint8Array(length * 3072);
  for (let at = 0; at < length * 784; at++) {
    const [row, y, x] = [at / 784, at % 784 / 28, at % 28].map(Math.floor);
    for (let colour = 0; colour < 3; colour++) {
      const tint = (128 + (row * (colour + 3) * 37) % 128) / 255;
      const place = ((row * 3 + colour) * 32 + y + 2) * 32 + x + 2;
      pixels[place] = tint * inputs.data[at];
    }
  }
  const options = { rowShape: [3, 32, 32], divisor: 255, classes: 10 };
  return new nn.TensorDataset(pixels, targets.data, options);
}

if (import.meta.main) {
  const [epochs = 3, images = 60_000] = Deno.args.map(Number);
  const isCifar = await Deno.stat("data/cifar-10-batches-bin")
    .then(() => true, () => false);
  const batches = [1, 2, 3, 4, 5].map((batch) => `data_batch_${batch}`);
  const { metrics: { valAcc } } = await nn.train({
    model: new ResNet(),
    trainData: isCifar
      ? nn.take(await cifar10(batches), images)
      : await colouredDigits("train", images),
    testData: isCifar
      ? await cifar10(["test_batch"])
      : await colouredDigits("test", 10_000),
    epochs,
    batchSize: 50,
    lr: 0.005,
    schedule: "one-cycle",
    onEpoch: ({ epoch, loss, valAcc }) =>
      console.log(`epoch ${epoch} loss ${loss} accuracy ${valAcc}`),
  });
  const gate = isCifar ? 0.6 : images < 60_000 ? 0.15 : 0.985;
  if (valAcc < gate) throw new Error(`accuracy ${valAcc} is below ${gate}`);
}
