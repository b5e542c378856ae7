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
nn.BatchNorm1d(3)
nn.BatchNorm1d(3, eps=0.01, momentum=None)
nn.BatchNorm2d(3, affine=False, track_running_stats=False)
nn.LayerNorm(10)
nn.LayerNorm((4, 5), eps=1e-3, elementwise_affine=False)
nn.GroupNorm(3, 6)
nn.GroupNorm(2, 6, eps=1e-3, affine=False)
nn.Dropout2d()
nn.Dropout2d(p=0.25)
nn.AdaptiveAvgPool2d(1)
nn.AdaptiveAvgPool2d((5, None))
nn.Upsample(size=4)
nn.Upsample(size=(4, 5), mode="bilinear")
nn.Upsample(scale_factor=2)
nn.Upsample(scale_factor=(2, 1.5), mode="bilinear", align_corners=True)
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
        leaves = {key: value.clone().to(dtype).requires_grad_() for key, value in inputs.items()}
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


def adaptive(cases):
    for name, x, size in (
            ("global", random(2, 3, 5, 4), 1),
            ("divisible", random(1, 2, 6, 4), (3, 2)),
            ("overlapping", random(2, 2, 5, 7), (3, 4)),
            ("larger", random(1, 2, 3, 2), (5, 4)),
            ("kept", random(2, 1, 4, 5), (None, 3)),
            ("identity", random(1, 1, 3, 3), None),
    ):
        cases.add(f"adaptiveAvgPool2d.{name}", {"outputSize": size},
                  lambda x: functional.adaptive_avg_pool2d(
                      x, size if isinstance(size, (int, tuple)) else (None, None)), {"x": x})


def upsample(cases):
    infinite = random(1, 1, 3, 4)
    infinite[0, 0, 1, 2], infinite[0, 0, 2, 0] = math.inf, math.nan
    for name, x, options in (
            ("nearest2", random(2, 3, 3, 4), {"scale_factor": 2}),
            ("nearestSize", random(1, 2, 5, 7), {"size": (8, 3)}),
            ("nearestFactors", random(1, 2, 7, 5), {"scale_factor": (1.7, 2.6)}),
            ("nearestSmaller", random(2, 1, 9, 8), {"scale_factor": 0.4}),
            ("nearestSpecial", infinite, {"size": (5, 6)}),
            ("bilinear2", random(2, 3, 3, 4), {"scale_factor": 2, "mode": "bilinear"}),
            ("bilinearSize", random(1, 2, 5, 7), {"size": (8, 3), "mode": "bilinear"}),
            ("bilinearFactors", random(1, 2, 7, 5), {
                "scale_factor": (1.7, 2.6), "mode": "bilinear"}),
            ("bilinearSmaller", random(2, 1, 9, 8), {"scale_factor": 0.4, "mode": "bilinear"}),
            ("bilinearSame", random(1, 1, 3, 4), {"size": (3, 7), "mode": "bilinear"}),
            ("bilinearPixel", random(2, 1, 1, 1), {"size": (3, 2), "mode": "bilinear"}),
            ("bilinearSpecial", infinite, {"size": (5, 6), "mode": "bilinear"}),
            ("corners", random(2, 2, 3, 4), {
                "size": (5, 9), "mode": "bilinear", "align_corners": True}),
            ("cornersFactor", random(1, 2, 4, 3), {
                "scale_factor": 2.5, "mode": "bilinear", "align_corners": True}),
            ("cornersPixel", random(1, 2, 4, 3), {
                "size": 1, "mode": "bilinear", "align_corners": True}),
    ):
        arguments = {camel(key): value for key, value in options.items()}
        cases.add(f"upsample.{name}", arguments,
                  lambda x: functional.interpolate(x, **options), {"x": x}, torch.float32)


def nearest_pixels(cases):
    """Which columns nearest neighbours are, of sizes and factors where rounding decides."""
    table = []
    for size in (3, 5, 6, 7, 10, 29):
        x = torch.arange(size).float().reshape(1, 1, 1, size)
        for out in (1, 4, 9, 10, 15, 31, 87):
            columns = functional.interpolate(x, size=(1, out))
            table.append([size, {"size": [1, out]}, columns.int().flatten().tolist()])
        for factor in (0.7, 1.1, 1 / 3, 2.1, 3, 4.7):
            if size * factor < 1:
                continue
            columns = functional.interpolate(x, scale_factor=(1, factor))
            table.append([size, {"scaleFactor": [1, factor]}, columns.int().flatten().tolist()])
    cases.metadata["nearestPixels"] = json.dumps(table)


def batch_norm(cases):
    """Layers in two steps of training and one of evaluation; gradients of the last two."""
    for name, kind, shape, options in (
            ("columns", nn.BatchNorm1d, (5, 3), {}),
            ("sequences", nn.BatchNorm1d, (2, 3, 4), {"eps": 0.01, "momentum": 0.3}),
            ("average", nn.BatchNorm1d, (4, 2), {"momentum": None}),
            ("averageOfImages", nn.BatchNorm2d, (2, 3, 2, 4), {"momentum": None, "affine": False}),
            ("notAffine", nn.BatchNorm2d, (2, 2, 6, 7), {"affine": False}),
            ("notTracked", nn.BatchNorm2d, (3, 2, 3, 2), {"track_running_stats": False}),
            ("neither", nn.BatchNorm1d, (6, 2), {"affine": False, "track_running_stats": False}),
    ):
        layer = kind(shape[1], **options).double()
        if layer.affine:
            layer.weight.data = random(shape[1]).double()
            layer.bias.data = random(shape[1]).double()
        first = random(*shape)
        tensors = {"first": first}
        tensors.update({f"before.{key}": value for key, value in layer.state_dict().items()})
        tensors = {key: value.clone() for key, value in tensors.items()}
        layer(first.double())
        for step in ("training", "evaluation"):
            layer.train(step == "training")
            layer.zero_grad()
            x = random(*shape)
            grad_output = random(*shape)
            leaf = x.double().requires_grad_()
            output = layer(leaf)
            output.backward(grad_output.double())
            tensors.update({f"{step}.x": x, f"{step}.gradOutput": grad_output,
                            f"{step}.output": output, f"{step}.gradX": leaf.grad})
            tensors.update({f"{step}.grad.{key}": parameter.grad.clone()
                            for key, parameter in layer.named_parameters()})
        tensors.update({f"after.{key}": value for key, value in layer.state_dict().items()})
        name = f"batchNorm.{name}"
        cases.metadata[name] = json.dumps({
            "layer": kind.__name__, "channels": shape[1],
            "options": {camel(key): value for key, value in options.items()},
            "keys": list(layer.state_dict()),
        })
        for key, tensor in tensors.items():
            stored = tensor.detach().clone()
            cases.tensors[f"{name}.{key}"] = stored if stored.dtype == torch.int64 else stored.float()


def other_norms(cases):
    for name, x, shape, given, eps in (
            ("row", random(3, 5) * 2 + 3, (5,), ("weight", "bias"), 1e-5),
            ("last", random(2, 3, 4), (3, 4), ("weight", "bias"), 1e-2),
            ("weightOnly", random(2, 3, 4), (4,), ("weight",), 1e-5),
            ("biasOnly", random(2, 3, 4), (4,), ("bias",), 1e-5),
            ("plain", random(1, 300), (300,), (), 1e-5),
    ):
        inputs = {"x": x, **{key: random(*shape) for key in given}}
        cases.add(f"layerNorm.{name}", {"normalizedShape": shape, "eps": eps},
                  lambda x, **rest: functional.layer_norm(x, shape, **rest, eps=eps), inputs)
    for name, x, groups, given, eps in (
            ("two", random(2, 6, 3, 4) + 2, 2, ("weight", "bias"), 1e-5),
            ("instance", random(3, 4, 5), 4, ("weight", "bias"), 1e-3),
            ("one", random(2, 3, 2, 2), 1, ("weight",), 1e-5),
            ("features", random(4, 6), 3, ("bias",), 1e-5),
            ("plain", random(1, 4, 9, 9), 2, (), 1e-5),
    ):
        inputs = {"x": x, **{key: random(x.shape[1]) for key in given}}
        cases.add(f"groupNorm.{name}", {"numGroups": groups, "eps": eps},
                  lambda x, weight=None, bias=None: functional.group_norm(
                      x, groups, torch.ones(x.shape[1]).to(x) if weight is None else weight,
                      torch.zeros(x.shape[1]).to(x) if bias is None else bias, eps), inputs)


def main():
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    cases = Cases()
    for add in (pooling, output_sizes, adaptive, upsample, nearest_pixels, batch_norm, other_norms):
        add(cases)
    text = {source: str(eval(source, {"nn": nn})) for source in LAYERS}
    cases.metadata["text"] = json.dumps(text)
    save(FOLDER / "pooling.safetensors", cases.tensors, cases.metadata)


if __name__ == "__main__":
    main()
