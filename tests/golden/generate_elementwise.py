"""Elementwise operations in PyTorch: outputs and gradients, of ordinary and of special values.

As generate_operations.py has it: computed in f64 and rounded once. The metadata entry of a case is
the JSON of the call: the operation's name here, and its arguments, of which a string is the tensor
of that name.
"""

import math

import torch
from torch.nn import functional

from generate_operations import Cases

SPECIAL = [-math.inf, -100.0, -1.0, -1e-4, -0.0, 0.0, 1e-4, 0.5, 1.0, 2.0, 88.0, 100.0, math.inf,
           math.nan]

UNARY = {
    "neg": [([], torch.neg)],
    "abs": [([], torch.abs)],
    "exp": [([], torch.exp)],
    "log": [([], torch.log)],
    "sqrt": [([], torch.sqrt)],
    "square": [([], torch.square)],
    "reciprocal": [([], torch.reciprocal)],
    "sigmoid": [([], torch.sigmoid)],
    "tanh": [([], torch.tanh)],
    "relu": [([], functional.relu)],
    "silu": [([], functional.silu)],
    "leakyRelu": [
        ([], functional.leaky_relu),
        ([-0.5], lambda x: functional.leaky_relu(x, -0.5)),
    ],
    "gelu": [
        ([], functional.gelu),
        ([{"approximate": "tanh"}], lambda x: functional.gelu(x, approximate="tanh")),
    ],
    "elu": [
        ([], functional.elu),
        ([-2.0], lambda x: functional.elu(x, -2.0)),
    ],
    "softplus": [
        ([], functional.softplus),
        ([0.5, 4], lambda x: functional.softplus(x, 0.5, 4)),
    ],
    "clamp": [
        ([-1.0, 1.0], lambda x: torch.clamp(x, -1, 1)),
        ([0.5], lambda x: torch.clamp(x, 0.5)),
        ([None, 0.0], lambda x: torch.clamp(x, max=0)),
        ([2.0, 1.0], lambda x: torch.clamp(x, 2, 1)),
    ],
}


def elementwise():
    """Returns the tensors and the metadata of elementwise.safetensors."""
    cases = Cases()
    for name, calls in UNARY.items():
        for at, (arguments, function) in enumerate(calls):
            record = {"operation": name, "arguments": ["x", *arguments]}
            positive = name in ("log", "sqrt")
            x = cases.random(6, 7) * 2
            for key, values in ((at, x.abs() + 0.01 if positive else x),
                                (f"{at}.special", torch.tensor(SPECIAL))):
                cases.differentiate(f"{name}.{key}", record, lambda x: function(x), {"x": values})
    return cases.tensors, cases.metadata
