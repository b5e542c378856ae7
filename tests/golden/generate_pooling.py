"""Poolings, resizing and normalisations in PyTorch, and the text of their layers.

    python3 tests/golden/generate_pooling.py

Writes pooling.safetensors. A case is named `operation.case`: its tensors are
`operation.case.tensor`, and the metadata entry `operation.case` is the JSON of its arguments.
Computed in f64 and rounded once when stored, but for `upsample`: which pixel is the nearest
depends on the rounding of f32.
"""

import itertools
import json
import math

import torch
from torch import nn
from torch.nn import functional

from generate import FOLDER, save

GENERATOR = torch.Generator().manual_seed(13)

LAYERS = """
nn.MaxPool2d(3, 2, 1)
nn.MaxPool2d(2, ceil_mode=True)
nn.AvgPool2d(3, 2, (1, 0))
nn.AvgPool2d(2, ceil_mode=True, count_include_pad=False)
""".strip().split("\n")


def random(*shape):
    return torch.randn(shape, generator=GENERATOR)


class Cases:
    """Collects tensors and metadata."""

    def __init__(self):
        self.tensors = {}
        self.metadata = {}

    def add(self, name, arguments, function, inputs, dtype=torch.float64, **extra):
        """Adds inputs, output, upstream gradient and the gradient of every input."""
        leaves = {key: value.to(dtype).requires_grad_() for key, value in inputs.items()}
        output = function(**leaves)
        grad_output = random(*output.shape)
        output.backward(grad_output.to(dtype))
        gradients = {f"grad{key[0].upper()}{key[1:]}": leaf.grad for key, leaf in leaves.items()}
        self.metadata[name] = json.dumps(arguments)
        tensors = {**inputs, "output": output, "gradOutput": grad_output, **gradients, **extra}
        for key, tensor in tensors.items():
            self.tensors[f"{name}.{key}"] = tensor.detach().clone().float()


def camel(name):
    first, *others = name.split("_")
    return first + "".join(other.title() for other in others)


def pooled(cases, name, function, x, kernel_size, **options):
    arguments = {
        "kernelSize": kernel_size,
        "options": {camel(key): value for key, value in options.items()},
    }
    cases.add(name, arguments, lambda x: function(x, kernel_size, **options), {"x": x})


def pooling(cases):
    special = random(1, 2, 6, 5)
    special[0, 0, 5, 4] = special[0, 0, 2, 2] = math.nan
    special[0, 1, 4:, :] = -math.inf
    special[0, 1, 0, 0] = math.inf
    ties = torch.randint(0, 2, (2, 2, 5, 5), generator=GENERATOR).float()
    for name, x, kernel, options in (
            ("halves", random(2, 3, 5, 7), 2, {}),
            ("halvesOfFew", random(1, 1, 1, 1), 2, {}),
            ("overlap", random(1, 2, 6, 8), 3, {"stride": 2}),
            ("padded", random(2, 2, 7, 5), 3, {"stride": 2, "padding": 1}),
            ("leftPadding", random(1, 2, 4, 3), 2, {"stride": 3, "padding": 1}),
            ("mixed", random(2, 1, 8, 9), (3, 2), {"stride": (2, 3), "padding": (1, 0)}),
            ("dilated", random(1, 2, 9, 8), 2, {"stride": 3, "padding": 1, "dilation": (2, 3)}),
            ("ties", ties, 2, {}),
            ("special", special, 3, {"stride": 2, "padding": 1}),
    ):
        pooled(cases, f"maxPool2d.{name}", functional.max_pool2d, x, kernel, ceil_mode=True,
               **options)
        if name in ("dilated", "ties", "special"):
            continue
        for counted in (True, False):
            pooled(cases, f"avgPool2d.{name}{'' if counted else 'Only'}", functional.avg_pool2d, x,
                   kernel, ceil_mode=True, count_include_pad=counted, **options)


def output_sizes(cases):
    """Columns of the output of a max pooling, or null where PyTorch refuses."""
    table = []
    for size, kernel, stride, padding, dilation, ceil_mode in itertools.product(
            range(1, 9), (2, 3), (1, 2, 3), (0, 1), (1, 2), (False, True)):
        try:
            columns = functional.max_pool2d(
                torch.zeros(1, 1, 1, size), (1, kernel), (1, stride), (0, padding), (1, dilation),
                ceil_mode).shape[3]
        except RuntimeError:
            columns = None
        table.append([size, kernel, stride, padding, dilation, ceil_mode, columns])
    cases.metadata["outputSizes"] = json.dumps(table)


def main():
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    cases = Cases()
    for add in (pooling, output_sizes):
        add(cases)
    text = {source: str(eval(source, {"nn": nn})) for source in LAYERS}
    cases.metadata["text"] = json.dumps(text)
    save(FOLDER / "pooling.safetensors", cases.tensors, cases.metadata)


if __name__ == "__main__":
    main()
