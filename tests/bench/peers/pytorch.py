"""Times the same network in PyTorch, eager and with stock settings.

Takes --batch, --threads, --steps and --evaluations, and prints what ours.ts
prints: one line of JSON.
"""

import argparse
import json
import resource
import time

import torch
from torch import nn

parser = argparse.ArgumentParser()
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


rows = 10_000
images = torch.randint(0, 256, (rows, 1, 28, 28)).float() / 255
labels = torch.arange(rows) % 10
model = Network()
criterion = nn.CrossEntropyLoss()
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
            "name": f"PyTorch {torch.__version__}",
            "milliseconds": milliseconds[warm_up:],
            "imagesPerSecond": images_per_second[1:],
            "peakMegabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        }
    )
)
