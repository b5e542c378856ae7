"""Writes the golden files beside this script with PyTorch, the library's definition of correct.

    python3 tests/golden/generate.py            # writes every file
    python3 tests/golden/generate.py network    # writes network.safetensors only
    python3 tests/golden/generate.py rounding   # prints how far f32 lies from f64

README.md lists what each file holds. Needs torch 1.13 and numpy, nothing else.
"""

import json
import struct
import sys
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional

from generate_elementwise import elementwise
from generate_init import first_values
from generate_operations import operations
from generate_optim import optimizers_and_schedules
from generate_tensor_text import tensor_text
from generate_text import model_text
from generate_training import training

FOLDER = Path(__file__).parent
DTYPES = {
    torch.int64: "I64",
    torch.float64: "F64",
    torch.float32: "F32",
    torch.uint8: "U8",
}

# One 5 x 7 dot pattern for each digit, a row of five dots in each number.
GLYPHS = torch.tensor([
    [[row >> column & 1 for column in range(4, -1, -1)] for row in rows]
    for rows in (
        (14, 17, 19, 21, 25, 17, 14),
        (4, 12, 4, 4, 4, 4, 14),
        (14, 17, 1, 2, 4, 8, 31),
        (31, 2, 4, 2, 1, 17, 14),
        (2, 6, 10, 18, 31, 2, 2),
        (31, 16, 30, 1, 1, 17, 14),
        (6, 8, 16, 30, 17, 17, 14),
        (31, 1, 2, 4, 8, 8, 8),
        (14, 17, 17, 14, 17, 17, 14),
        (14, 17, 17, 15, 1, 2, 12),
    )
])


class ConvolutionalNeuralNetwork(nn.Module):
    """Two blocks of convolution, normalisation, ReLU and pooling; one linear layer."""

    def __init__(self):
        super().__init__()
        self.layer1 = self.block(1, 16)
        self.layer2 = self.block(16, 32)
        self.fc = nn.Linear(7 * 7 * 32, 10)

    @staticmethod
    def block(in_channels, out_channels):
        return nn.Sequential(
            nn.Conv2d(in_channels, out_channels, kernel_size=5, padding=2),
            nn.BatchNorm2d(out_channels),
            nn.ReLU(),
            nn.MaxPool2d((2, 2)),
        )

    def forward(self, x):
        x = self.layer2(self.layer1(x))
        return self.fc(x.view(x.size(0), -1))


def seeded_network(seed):
    torch.manual_seed(seed)
    return ConvolutionalNeuralNetwork()


def digits(generator, labels, noise):
    """Draws labels.numel() digits, shifted, blurred and dimmed at random, as u8 [N, 1, 28, 28].

    `noise` is the exclusive bound of what is added to every pixel; 1 adds nothing and leaves the
    background black, as in MNIST.
    """
    images = torch.zeros(labels.numel(), 1, 28, 28, dtype=torch.int64)
    for image, label in zip(images, labels.flatten()):
        glyph = GLYPHS[label].repeat_interleave(3, 0).repeat_interleave(3, 1)
        top = torch.randint(0, 28 - 21, (), generator=generator)
        left = torch.randint(0, 28 - 15, (), generator=generator)
        brightness = torch.randint(120, 256 - noise, (), generator=generator)
        image[0, top:top + 21, left:left + 15] = glyph * brightness
    padded = functional.pad(images, (1, 1, 1, 1))
    blurred = sum(
        padded[:, :, y:y + 28, x:x + 28] for y in range(3) for x in range(3)
    ) // 9
    return (blurred + torch.randint(0, noise, blurred.shape, generator=generator)).to(torch.uint8)


def decision_margin(outputs):
    """The smallest change of a value that would turn a ReLU or a max-pool's choice."""
    margins = []
    for layer in ("layer1", "layer2"):
        margins.append(outputs[f"{layer}.1"].abs().min())
        windows = functional.unfold(
            outputs[f"{layer}.2"].flatten(0, 1).unsqueeze(1), 2, stride=2)
        first, second = windows.topk(2, dim=1).values.unbind(1)
        margins.append((first - second)[first > 0].min())
    return min(margins).item()


def network(dtype=torch.float32):
    generator = torch.Generator().manual_seed(4)
    labels = torch.tensor([7, 2])
    # The noise leaves no constant area, where rounding alone would pick a pool's winner.
    images = digits(generator, labels, noise=64)
    model = seeded_network(0).to(dtype)
    tensors = {"input": images, "labels": labels}
    tensors.update({f"state.{key}": value.clone() for key, value in model.state_dict().items()})

    outputs = {}
    for name, module in model.named_modules():
        if not list(module.children()):
            module.register_forward_hook(
                lambda _module, _inputs, output, name=name: outputs.update({name: output.detach()}))
    x = (images.to(dtype) / 255).requires_grad_()
    loss = functional.cross_entropy(model(x), labels)
    loss.backward()
    margin = decision_margin(outputs)
    assert margin > 2e-5, f"a decision hangs on {margin}: choose another seed"

    tensors.update({f"output.{name}": output for name, output in outputs.items()})
    tensors["loss"] = loss
    tensors.update({f"gradient.{name}": p.grad for name, p in model.named_parameters()})
    tensors["gradient.input"] = x.grad
    tensors.update({f"buffer.{name}": value.clone() for name, value in model.named_buffers()})
    tensors["eval.logits"] = model.eval()(x)
    return tensors


def training_data():
    """Ten batches of 16 digits on a black background."""
    generator = torch.Generator().manual_seed(1)
    labels = torch.randint(0, 10, (10, 16), generator=generator)
    return digits(generator, labels, noise=1).view(10, 16, 1, 28, 28), labels


def trained(make_optimizer, dtype):
    """Trains seed 0's network on `training_data()`; returns it, its optimizer and ten losses."""
    model = seeded_network(0).to(dtype)
    optimizer = make_optimizer(model.parameters())
    losses = []
    for images, labels in zip(*training_data()):
        optimizer.zero_grad()
        loss = functional.cross_entropy(model(images.to(dtype) / 255), labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.detach())
    return model, optimizer, torch.stack(losses)


def adam(dtype=torch.float32):
    images, labels = training_data()
    model, optimizer, losses = trained(
        lambda parameters: torch.optim.Adam(parameters, lr=0.01), dtype)
    tensors = {"images": images, "labels": labels, "losses": losses}
    tensors.update({f"state.{key}": value for key, value in model.state_dict().items()})
    for name, parameter in model.named_parameters():
        for key in ("exp_avg", "exp_avg_sq"):
            tensors[f"{key}.{name}"] = optimizer.state[parameter][key]
    return tensors


# At larger rates a window whose choice hangs on rounding moves the losses by more than it.
OPTIMIZERS = {
    "sgd": lambda parameters: torch.optim.SGD(
        parameters, lr=0.01, momentum=0.9, weight_decay=1e-4),
    "sgd_nesterov": lambda parameters: torch.optim.SGD(
        parameters, lr=0.001, momentum=0.9, weight_decay=1e-4, nesterov=True),
    "adam_weight_decay": lambda parameters: torch.optim.Adam(
        parameters, lr=0.01, weight_decay=0.01),
}


def optimizers(dtype=torch.float32):
    kept = ("layer1.0.weight", "layer1.1.weight", "layer1.1.bias", "layer2.1.weight",
            "layer2.1.bias", "fc.bias")
    tensors = {}
    for prefix, make_optimizer in OPTIMIZERS.items():
        model, optimizer, losses = trained(make_optimizer, dtype)
        tensors[f"{prefix}.losses"] = losses
        for name, parameter in model.named_parameters():
            if name not in kept:
                continue
            tensors[f"{prefix}.state.{name}"] = parameter
            for key in ("momentum_buffer", "exp_avg", "exp_avg_sq"):
                if key in optimizer.state[parameter]:
                    tensors[f"{prefix}.{key}.{name}"] = optimizer.state[parameter][key]
    return tensors


def initialisation():
    """Seed 0's weights are network.safetensors' `state.*`; the file holds seed 1's."""
    return {f"1.{key}": value for key, value in seeded_network(1).state_dict().items()}


def save(path, tensors, metadata=None):
    """Writes a safetensors file: header length, JSON header, the tensors' bytes in order."""
    # Wide elements first, so that every tensor lies on a multiple of its element's size.
    names = sorted(tensors, key=lambda name: (-tensors[name].element_size(), name))
    header, chunks, offset = {"__metadata__": metadata} if metadata else {}, [], 0
    for name in names:
        tensor = tensors[name].detach()
        data = tensor.contiguous().numpy().tobytes()
        header[name] = {
            "dtype": DTYPES[tensor.dtype],
            "shape": list(tensor.shape),
            "data_offsets": [offset, offset + len(data)],
        }
        chunks.append(data)
        offset += len(data)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(chunks))


def rounding():
    """Prints, for each tensor, the worst distance between f32 and f64 and the largest value."""
    for make in (network, adam, optimizers):
        exact = make(torch.float64)
        for name, tensor in make().items():
            error = (tensor - exact[name]).abs().max().item()
            print(f"{make.__name__} {name}: {error:.1e} of {exact[name].abs().max().item():.1e}")


def main(chosen):
    # Without them, sums would depend on the number of cores.
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    if "rounding" in chosen:
        rounding()
    for make in (network, adam, optimizers, initialisation, first_values):
        if not chosen or make.__name__ in chosen:
            save(FOLDER / f"{make.__name__}.safetensors", make())
    if not chosen or "operations" in chosen:
        save(FOLDER / "operations.safetensors", *operations())
    if not chosen or "elementwise" in chosen:
        save(FOLDER / "elementwise.safetensors", *elementwise())
    if not chosen or "optim" in chosen:
        save(FOLDER / "optim.safetensors", *optimizers_and_schedules())
    if not chosen or "model_text" in chosen:
        text = model_text(ConvolutionalNeuralNetwork)
        (FOLDER / "model_text.json").write_text(json.dumps(text, indent=2) + "\n")
    if not chosen or "tensor_text" in chosen:
        text = json.dumps(tensor_text(), indent=2)
        (FOLDER / "tensor_text.json").write_text(text + "\n")
    if not chosen or "training" in chosen:
        (FOLDER / "training.json").write_text(json.dumps(training(), indent=2) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
