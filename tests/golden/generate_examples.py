"""The networks of examples/ in PyTorch: first weights and the losses of ten steps.

    python3 tests/golden/generate_examples.py DATA

writes examples.safetensors. DATA is a folder with MNIST's test images as IDX.
Dropout layers are in evaluation mode: PyTorch's masks are not this library's.
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from generate import FOLDER, save

BATCH, STEPS = 10, 10


def mnist(folder):
    read = lambda name, skip: np.frombuffer(
        (Path(folder) / name).read_bytes(), np.uint8, offset=skip
    )
    images = read("t10k-images-idx3-ubyte", 16)[: 784 * BATCH * STEPS]
    labels = read("t10k-labels-idx1-ubyte", 8)[: BATCH * STEPS]
    return (
        torch.tensor(images.reshape(-1, 1, 28, 28)),
        torch.tensor(labels.astype(np.int64)),
    )


class LeNet5(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5, padding=2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.conv3 = nn.Conv2d(16, 120, 5)
        self.fc1 = nn.Linear(120, 84)
        self.fc2 = nn.Linear(84, 10)

    def forward(self, x):
        x = F.avg_pool2d(torch.tanh(self.conv1(x)), 2)
        x = F.avg_pool2d(torch.tanh(self.conv2(x)), 2)
        x = torch.tanh(self.conv3(x)).flatten(1)
        return self.fc2(torch.tanh(self.fc1(x)))


class PyTorchMnist(nn.Module):
    """https://github.com/pytorch/examples/blob/main/mnist/main.py"""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, 3, 1)
        self.conv2 = nn.Conv2d(32, 64, 3, 1)
        self.dropout1 = nn.Dropout(0.25)
        self.dropout2 = nn.Dropout(0.5)
        self.fc1 = nn.Linear(9216, 128)
        self.fc2 = nn.Linear(128, 10)

    def forward(self, x):
        x = F.relu(self.conv1(x))
        x = F.relu(self.conv2(x))
        x = self.dropout1(F.max_pool2d(x, 2)).flatten(1)
        x = self.dropout2(F.relu(self.fc1(x)))
        return F.log_softmax(self.fc2(x), dim=1)


def keras_mnist():
    """https://keras.io/examples/vision/mnist_convnet/"""
    model = nn.Sequential(
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

    def glorot(module):
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            nn.init.xavier_uniform_(module.weight)
            nn.init.zeros_(module.bias)

    return model.apply(glorot)


def vgg():
    block = lambda i, o: [
        nn.Conv2d(i, o, 3, padding=1),
        nn.BatchNorm2d(o),
        nn.ReLU(),
    ]
    return nn.Sequential(
        *block(1, 32),
        *block(32, 32),
        nn.MaxPool2d(2),
        *block(32, 64),
        *block(64, 64),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(64 * 49, 10),
    )


class Block(nn.Module):
    def __init__(self, in_channels, out_channels, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(
            in_channels, out_channels, 3, stride, 1, bias=False
        )
        self.bn1 = nn.BatchNorm2d(out_channels)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(out_channels)
        self.shortcut = (
            nn.Identity()
            if stride == 1 and in_channels == out_channels
            else nn.Sequential(
                nn.Conv2d(in_channels, out_channels, 1, stride, bias=False),
                nn.BatchNorm2d(out_channels),
            )
        )

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        return F.relu(y + self.shortcut(x))


class ResNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        self.layer1 = Block(16, 16, 1)
        self.layer2 = Block(16, 32, 2)
        self.layer3 = Block(32, 64, 2)
        self.fc = nn.Linear(64, 10)

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        x = self.layer3(self.layer2(self.layer1(x)))
        x = F.adaptive_avg_pool2d(x, 1).flatten(1)
        return self.fc(x)


class Autoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, 16, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(16, 32, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(32, 64, 7),
        )
        self.decoder = nn.Sequential(
            nn.ConvTranspose2d(64, 32, 7),
            nn.ReLU(),
            nn.ConvTranspose2d(
                32, 16, 3, stride=2, padding=1, output_padding=1
            ),
            nn.ReLU(),
            nn.ConvTranspose2d(16, 1, 3, stride=2, padding=1, output_padding=1),
            nn.Sigmoid(),
        )

    def forward(self, x):
        return self.decoder(self.encoder(x))


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(64, 64 * 7 * 7)
        self.bn = nn.BatchNorm1d(64 * 7 * 7)
        self.up = nn.Sequential(
            nn.ConvTranspose2d(64, 32, 4, stride=2, padding=1),
            nn.BatchNorm2d(32),
            nn.ReLU(),
            nn.ConvTranspose2d(32, 1, 4, stride=2, padding=1),
            nn.Tanh(),
        )

    def forward(self, noise):
        x = F.relu(self.bn(self.fc(noise)))
        return self.up(x.reshape(-1, 64, 7, 7))


def discriminator():
    return nn.Sequential(
        nn.Conv2d(1, 32, 4, stride=2, padding=1),
        nn.LeakyReLU(0.2),
        nn.Conv2d(32, 64, 4, stride=2, padding=1),
        nn.LeakyReLU(0.2),
        nn.Flatten(),
        nn.Linear(64 * 7 * 7, 1),
    )


class Notebook(nn.Module):
    """The network of pytorch_trained.pth, with another last layer."""

    def __init__(self):
        super().__init__()
        block = lambda i, o: nn.Sequential(
            nn.Conv2d(i, o, 5, padding=2),
            nn.BatchNorm2d(o),
            nn.ReLU(),
            nn.MaxPool2d(2),
        )
        self.layer1 = block(1, 16)
        self.layer2 = block(16, 32)
        self.fc = nn.Linear(7 * 7 * 32, 10)

    def forward(self, x):
        return self.fc(self.layer2(self.layer1(x)).flatten(1))


def weights(name, model, tensors):
    """The first values and the sum of squares of each parameter."""
    for key, parameter in model.named_parameters():
        value = parameter.detach()
        tensors[f"{name}.first.{key}"] = value.flatten()[:8].clone()
        tensors[f"{name}.squares.{key}"] = value.double().square().sum()


def classify(name, make, optimizer_of, tensors, inputs, labels, loss=F.cross_entropy, scheduler_of=None):
    torch.manual_seed(0)
    model = make()
    weights(name, model, tensors)
    model.train()
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.eval()
    optimizer = optimizer_of([p for p in model.parameters() if p.requires_grad])
    scheduler = scheduler_of(optimizer) if scheduler_of else None
    losses = []
    for step in range(STEPS):
        rows = slice(step * BATCH, (step + 1) * BATCH)
        optimizer.zero_grad()
        value = loss(model(inputs[rows]), labels[rows])
        value.backward()
        optimizer.step()
        losses.append(value.item())
        # Two epochs of five steps.
        if scheduler and step % 5 == 4:
            scheduler.step()
    tensors[f"{name}.losses"] = torch.tensor(losses, dtype=torch.float64)
    return model


def transfer_model():
    model = Notebook()
    state = torch.load(FOLDER / "pytorch_trained.pth")
    model.load_state_dict(state)
    for parameter in model.layer1.parameters():
        parameter.requires_grad_(False)
    torch.manual_seed(0)
    model.fc = nn.Linear(7 * 7 * 32, 5)
    return model


def gan(tensors, images):
    torch.manual_seed(0)
    g, d = Generator(), discriminator()
    weights("gan.generator", g, tensors)
    weights("gan.discriminator", d, tensors)
    optimizer = lambda model: torch.optim.Adam(
        model.parameters(), lr=2e-4, betas=(0.5, 0.999)
    )
    g_optimizer, d_optimizer = optimizer(g), optimizer(d)
    noise = torch.randn(STEPS, BATCH, 64)
    real, fake = torch.ones(BATCH, 1), torch.zeros(BATCH, 1)
    loss = F.binary_cross_entropy_with_logits
    losses = []
    for step in range(STEPS):
        x = images[step * BATCH : (step + 1) * BATCH] * 2 - 1
        made = g(noise[step])
        d_optimizer.zero_grad()
        d_loss = loss(d(x), real) + loss(d(made.detach()), fake)
        d_loss.backward()
        d_optimizer.step()
        g_optimizer.zero_grad()
        g_loss = loss(d(made), real)
        g_loss.backward()
        g_optimizer.step()
        losses.append([d_loss.item(), g_loss.item()])
    tensors["gan.noise"] = noise
    tensors["gan.losses"] = torch.tensor(losses, dtype=torch.float64)


def main():
    pixels, labels = mnist(sys.argv[1])
    images = pixels / 255
    normalized = (images - 0.1307) / 0.3081
    # A digit in the middle of 32×32, in three colours.
    framed = F.pad(images, (2, 2, 2, 2))
    pictures = torch.cat([framed, 1 - framed, framed / 2], 1)
    tensors = {"images": pixels, "labels": labels}
    adam = lambda lr, **options: lambda parameters: torch.optim.Adam(
        parameters, lr=lr, **options
    )
    mlp = lambda: nn.Sequential(
        nn.Flatten(), nn.Linear(784, 500), nn.ReLU(), nn.Linear(500, 10)
    )
    classify("lenet5", LeNet5, adam(1e-3), tensors, images, labels)
    classify(
        "pytorch_mnist",
        PyTorchMnist,
        lambda parameters: torch.optim.Adadelta(parameters, lr=1.0),
        tensors,
        normalized,
        labels,
        F.nll_loss,
        lambda optimizer: torch.optim.lr_scheduler.StepLR(
            optimizer, step_size=1, gamma=0.7
        ),
    )
    classify("keras_mnist", keras_mnist, adam(1e-3, eps=1e-7), tensors, images, labels)
    classify("mlp", mlp, adam(1e-3), tensors, images, labels)
    classify("vgg", vgg, adam(1e-3), tensors, images, labels)
    classify(
        "resnet",
        ResNet,
        lambda parameters: torch.optim.SGD(
            parameters, lr=0.003, momentum=0.9, weight_decay=5e-4, nesterov=True
        ),
        tensors,
        pictures,
        labels,
    )
    classify(
        "autoencoder",
        Autoencoder,
        adam(1e-3),
        tensors,
        images,
        images,
        F.mse_loss,
    )
    classify(
        "transfer", transfer_model, adam(1e-3), tensors, images, labels % 5
    )
    gan(tensors, images)
    save(FOLDER / "examples.safetensors", tensors)
    for name, value in tensors.items():
        if name.endswith("losses"):
            print(name, [round(float(x), 4) for x in value.flatten()])


if __name__ == "__main__":
    main()
