"""Times the same network in PyTorch on the GPU, eager and compiled.

Takes --batch (a list) and --steps, and prints one line of JSON: for each batch
and mode the time of a step where the data set lies on the GPU, its loss adds up
there, and the last step is waited for.
"""

import argparse
import json
import time

import torch
from torch import nn

parser = argparse.ArgumentParser()
parser.add_argument("--batch", default="100,1024")
parser.add_argument("--steps", type=int, default=200)
given = parser.parse_args()
if not torch.cuda.is_available():
    raise SystemExit("PyTorch finds no GPU")
gpu = torch.device("cuda")


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
images = torch.randint(0, 256, (rows, 1, 28, 28), device=gpu).float() / 255
labels = torch.arange(rows, device=gpu) % 10


def measure(batch, mode):
    torch.manual_seed(0)
    model = Network().to(gpu)
    forward = torch.compile(model) if mode == "compile" else model
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    total = torch.zeros((), device=gpu)

    def run(steps):
        position, order = rows, None
        for _ in range(steps):
            if position + batch > rows:
                order, position = torch.randperm(rows, device=gpu), 0
            chosen = order[position : position + batch]
            loss = criterion(forward(images[chosen]), labels[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total.add_(loss.detach())
            position += batch
        torch.cuda.synchronize()

    run(20)
    start = time.perf_counter()
    run(given.steps)
    step = (time.perf_counter() - start) / given.steps
    return {"batch": batch, "mode": mode, "pipelinedMilliseconds": 1000 * step}


times = []
for size in map(int, given.batch.split(",")):
    times.append(measure(size, "eager"))
    if hasattr(torch, "compile"):
        try:
            times.append(measure(size, "compile"))
        except Exception as error:  # the compiler needs a C compiler of its own
            times.append(
                {"batch": size, "mode": "compile", "missing": str(error)[:200]}
            )
print(json.dumps(times))
