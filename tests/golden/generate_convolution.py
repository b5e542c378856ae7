"""Convolutions in PyTorch: writes convolution.safetensors and convolution.json.

As generate_operations.py: computed in f64 from inputs that f32 holds exactly, and rounded once. The
metadata entry of a case is the JSON of the options that the function is called with. The JSON file
has each layer by the Python expression that makes it: its text, and its parameters from seed 3.
"""

import json

import torch
from torch import nn
from torch.nn import functional

from generate import FOLDER, save
from generate_operations import Cases

CONVOLUTIONS = {
    "groups": ((2, 4, 6, 5), (6, 2, 3, 2), {"groups": 2, "padding": (1, 0)}),
    "depthwise": ((2, 3, 5, 7), (3, 1, 3, 3), {"groups": 3, "padding": 1}),
    "depthwiseTwice": ((1, 3, 8, 7), (6, 1, 2, 3), {"groups": 3, "stride": (2, 1), "dilation": 2}),
    "same": ((2, 2, 5, 6), (3, 2, 3, 5), {"padding": "same"}),
    "sameEven": ((1, 2, 5, 6), (3, 2, 2, 4), {"padding": "same"}),
    "sameDilated": ((1, 2, 7, 6), (4, 1, 4, 2), {
        "padding": "same", "dilation": (1, 3), "groups": 2}),
    "valid": ((2, 2, 5, 6), (3, 2, 3, 2), {"padding": "valid", "stride": 2}),
}

TRANSPOSED = {
    "plain": ((2, 3, 4, 5), (3, 2, 3, 2), {}),
    "stride": ((2, 3, 4, 3), (3, 2, 3, 4), {"stride": 2, "padding": 1, "output_padding": 1}),
    "everything": ((1, 4, 3, 4), (4, 3, 3, 2), {
        "stride": (2, 3), "padding": (1, 2), "output_padding": (1, 0), "groups": 2,
        "dilation": (3, 2)}),
    "depthwise": ((2, 3, 3, 4), (3, 1, 2, 2), {"stride": 2, "groups": 3}),
    "largeOutputPadding": ((1, 2, 3, 3), (2, 2, 2, 3), {"output_padding": 2, "dilation": 3}),
    "withoutBias": ((1, 1, 7, 7), (1, 2, 4, 4), {"stride": 2, "padding": 1, "bias": False}),
}

LAYERS = """
nn.Conv2d(1, 2, 3)
nn.Conv2d(3, 4, (3, 2), 2, 1)
nn.Conv2d(4, 6, 3, groups=2)
nn.Conv2d(3, 6, 2, padding='same', groups=3, bias=False)
nn.Conv2d(2, 1, 3, padding='valid', dilation=(1, 2))
nn.ConvTranspose2d(4, 6, 3)
nn.ConvTranspose2d(4, 2, (3, 2), 2, 1, 1)
nn.ConvTranspose2d(4, 6, 3, stride=2, padding=(1, 0), output_padding=(1, 0), groups=2, dilation=3)
nn.ConvTranspose2d(2, 3, 2, stride=(2, 1), bias=False)
""".strip().split("\n")


def camel(options):
    names = {"output_padding": "outputPadding"}
    return {names.get(key, key): value for key, value in options.items()}


def convolutions(cases):
    for operation, function, configurations in (
            ("conv2d", functional.conv2d, CONVOLUTIONS),
            ("convTranspose2d", functional.conv_transpose2d, TRANSPOSED)):
        for name, (x, weight, options) in configurations.items():
            options = dict(options)
            has_bias = options.pop("bias", True)
            inputs = {"x": cases.random(*x), "weight": cases.random(*weight)}
            if has_bias:
                channels = weight[0] if operation == "conv2d" else (
                    weight[1] * options.get("groups", 1))
                inputs["bias"] = cases.random(channels)
            cases.differentiate(
                f"{operation}.{name}", camel(options),
                lambda **leaves: function(
                    leaves["x"], leaves["weight"], leaves.get("bias"), **options), inputs)


def layers():
    made = {}
    for source in LAYERS:
        torch.manual_seed(3)
        layer = eval(source, {"nn": nn})
        made[source] = {
            "text": str(layer),
            "parameters": {
                key: {"shape": list(value.shape), "values": value.flatten().tolist()}
                for key, value in layer.state_dict().items()
            },
        }
    return made


def main():
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    cases = Cases()
    convolutions(cases)
    save(FOLDER / "convolution.safetensors", cases.tensors, cases.metadata)
    text = json.dumps(layers(), indent=2)
    (FOLDER / "convolution.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
