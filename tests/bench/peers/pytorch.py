"""Times the same networks in PyTorch, eager and with stock settings.

Takes --network, --channels-last, --batch, --threads, --steps and --evaluations, and prints what ours.ts
prints: one line of JSON.
"""

import argparse
import json
import resource
import time

import torch
from torch import nn

parser = argparse.ArgumentParser()
parser.add_argument("--network", default="notebook")
parser.add_argument("--channels-last", action="store_true")
parser.add_argument("--batch", type=int, default=100)
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--steps", type=int, default=50)
parser.add_argument("--evaluations", type=int, default=3)
given = parser.parse_args()
torch.set_num_threads(given.threads)
torch.manual_seed(0)


def block(inputs, outputs):
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel_size=5, padding=2),
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
        nn.MaxPool2d(2),
    )


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer1 = block(1, 16)
        self.layer2 = block(16, 32)
        self.fc = nn.Linear(1568, 10)

    def forward(self, x):
        return self.fc(self.layer2(self.layer1(x)).flatten(1))


def convolved(inputs, outputs):
    return [
        nn.Conv2d(inputs, outputs, 3, padding=1),
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
    ]


class Residual(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.shortcut = nn.Identity()
        if stride != 1 or inputs != outputs:
            self.shortcut = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False),
                nn.BatchNorm2d(outputs),
            )

    def forward(self, x):
        y = torch.relu(self.bn1(self.conv1(x)))
        return torch.relu(self.bn2(self.conv2(y)) + self.shortcut(x))


def vgg():
    return nn.Sequential(
        *convolved(1, 32),
        *convolved(32, 32),
        nn.MaxPool2d(2),
        *convolved(32, 64),
        *convolved(64, 64),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(64 * 7 * 7, 10),
    )


def resnet():
    return nn.Sequential(
        nn.Conv2d(3, 16, 3, padding=1, bias=False),
        nn.BatchNorm2d(16),
        nn.ReLU(),
        Residual(16, 16, 1),
        Residual(16, 32, 2),
        Residual(32, 64, 2),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(64, 10),
    )


def pytorch_mnist():
    return nn.Sequential(
        nn.Conv2d(1, 32, 3),
        nn.ReLU(),
        nn.Conv2d(32, 64, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Dropout(0.25),
        nn.Flatten(),
        nn.Linear(9216, 128),
        nn.ReLU(),
        nn.Dropout(0.5),
        nn.Linear(128, 10),
        nn.LogSoftmax(1),
    )


def keras_mnist():
    return nn.Sequential(
        nn.Conv2d(1, 32, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Dropout(0.5),
        nn.Linear(1600, 10),
    )


def lenet5():
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2),
        nn.Tanh(),
        nn.AvgPool2d(2),
        nn.Conv2d(6, 16, 5),
        nn.Tanh(),
        nn.AvgPool2d(2),
        nn.Conv2d(16, 120, 5),
        nn.Tanh(),
        nn.Flatten(),
        nn.Linear(120, 84),
        nn.Tanh(),
        nn.Linear(84, 10),
    )


def mlp():
    return nn.Sequential(
        nn.Flatten(), nn.Linear(784, 500), nn.ReLU(), nn.Linear(500, 10)
    )


networks = {
    "notebook": Network,
    "vgg": vgg,
    "resnet": resnet,
    "pytorch_mnist": pytorch_mnist,
    "keras_mnist": keras_mnist,
    "lenet5": lenet5,
    "mlp": mlp,
}
rows = 10_000
shape = (3, 32, 32) if given.network == "resnet" else (1, 28, 28)
images = torch.randint(0, 256, (rows, *shape), dtype=torch.uint8).float().div_(255)
labels = torch.arange(rows) % 10
model = networks[given.network]()
if given.channels_last:
    model = model.to(memory_format=torch.channels_last)
    images = images.contiguous(memory_format=torch.channels_last)
is_log_probability = given.network == "pytorch_mnist"
criterion = nn.NLLLoss() if is_log_probability else nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
warm_up = 20
milliseconds = []
order, position = torch.randperm(rows), 0
while len(milliseconds) < warm_up + given.steps:
    if position + given.batch > rows:
        order, position = torch.randperm(rows), 0
    start = time.perf_counter()
    batch = order[position : position + given.batch]
    loss = criterion(model(images[batch]), labels[batch])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    loss.item()
    milliseconds.append((time.perf_counter() - start) * 1000)
    position += given.batch

model.eval()
images_per_second = []
with torch.no_grad():
    for _ in range(given.evaluations + 1 if given.evaluations > 0 else 0):
        start = time.perf_counter()
        total, correct = 0.0, 0
        for first in range(0, rows, given.batch):
            batch = slice(first, first + given.batch)
            logits = model(images[batch])
            total += criterion(logits, labels[batch]).item()
            correct += (logits.argmax(1) == labels[batch]).sum().item()
        images_per_second.append(rows / (time.perf_counter() - start))
print(
    json.dumps(
        {
            "name": f"PyTorch {torch.__version__}"
            + (", channels_last" if given.channels_last else ""),
            "milliseconds": milliseconds[warm_up:],
            "imagesPerSecond": images_per_second[1:],
            "peakMegabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        }
    )
)
