/**
 * LeNet-5 (LeCun, Bottou, Bengio and Haffner, 1998), with tanh and average
 * pooling, on MNIST:
 *
 *     deno run --unstable-webgpu -A examples/lenet5.ts [epochs] [images]
 */
import * as nn from "@x/mnist-cnn";

export class LeNet5 extends nn.Module {
  conv1 = new nn.Conv2d(1, 6, 5, { padding: 2 });
  conv2 = new nn.Conv2d(6, 16, 5);
  conv3 = new nn.Conv2d(16, 120, 5);
  fc1 = new nn.Linear(120, 84);
  fc2 = new nn.Linear(84, 10);

  override forward(x: nn.Tensor): nn.Tensor {
    x = nn.avgPool2d(this.conv1.forward(x).tanh(), 2);
    x = nn.avgPool2d(this.conv2.forward(x).tanh(), 2);
    x = this.conv3.forward(x).tanh().flatten(1);
    return this.fc2.forward(this.fc1.forward(x).tanh());
  }
}

if (import.meta.main) {
  const [epochs = 10, images = 60_000] = Deno.args.map(Number);
  const { metrics: { valAcc } } = await nn.train({
    model: new LeNet5(),
    epochs,
    limit: images,
    lr: 0.003,
    schedule: "one-cycle",
    onEpoch: ({ epoch, loss, valAcc }) =>
      console.log(`epoch ${epoch} loss ${loss} accuracy ${valAcc}`),
  });
  const gate = images < 60_000 ? 0.5 : 0.987;
  if (valAcc < gate) throw new Error(`accuracy ${valAcc} is below ${gate}`);
}
