import * as nn from "@x/mnist-cnn/browser";

const device = nn.setDefaultDevice(await nn.openDevice());
const block = (inputs: number, outputs: number) => [
  new nn.Conv2d(inputs, outputs, 5, { padding: 2 }),
  new nn.BatchNorm2d(outputs),
  new nn.ReLU(),
  new nn.MaxPool2d(2),
];
const model = new nn.Sequential(
  ...[...block(1, 16), ...block(16, 32), new nn.Flatten()],
  new nn.Linear(1568, 10),
).to();
const optimizer = new nn.Adam(model.parameters(), { lr: 0.01 });
const step = nn.capture((images: nn.Tensor, labels: nn.Labels) => {
  using tape = new nn.Tape();
  const loss = nn.crossEntropy(model.forward(images), labels);
  optimizer.zeroGrad();
  tape.backward(loss);
  optimizer.step();
});
const images = new Uint8Array(784 * 1000);
const data = new nn.TensorDataset(images, new Uint8Array(1000), {
  rowShape: [1, 28, 28],
  classes: 10,
});
const batches = new nn.DataLoader(data, { batchSize: 100, shuffle: true });
for await (const [images, labels] of batches) step(images, labels);
console.log(device.label, String(model));
