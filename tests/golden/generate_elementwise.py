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

# Ties, both zeros, and what is not finite, each with each other.
PAIRS = [-math.inf, -2.0, -1.0, -0.5, -0.0, 0.0, 0.5, 1.0, 3.0, math.inf, math.nan]

# Shapes of two operands; null is a number.
SHAPES = [((2, 3), (2, 3)), ((2, 1, 3), (4, 1)), ((5,), None), (None, (5,))]

BINARY = {
    "add": torch.add,
    "sub": torch.sub,
    "mul": torch.mul,
    "div": torch.div,
    "pow": torch.pow,
    "maximum": torch.maximum,
    "minimum": torch.minimum,
}

COMPARISONS = {
    "eq": torch.eq, "ne": torch.ne, "lt": torch.lt, "le": torch.le, "gt": torch.gt, "ge": torch.ge,
}

EXPONENTS = [0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 7.0, -1.0, -2.0, -2.5, -3.0]


def pairs():
    left, right = torch.meshgrid(torch.tensor(PAIRS), torch.tensor(PAIRS), indexing="ij")
    return {"left": left.flatten(), "right": right.flatten()}


def binary(cases):
    for name, function in BINARY.items():
        for at, (left, right) in enumerate(SHAPES):
            inputs, arguments = {}, []
            for key, shape in (("left", left), ("right", right)):
                if shape is None:
                    arguments.append(0.75)
                    continue
                # Bases of powers are positive.
                inputs[key] = cases.random(*shape) + (4 if name == "pow" else 0)
                arguments.append(key)
            cases.differentiate(
                f"{name}.{at}", {"operation": name, "arguments": arguments},
                lambda left=torch.tensor(0.75).double(), right=torch.tensor(0.75).double():
                    function(left, right), inputs)
        cases.differentiate(f"{name}.special", {"operation": name, "arguments": ["left", "right"]},
                            lambda left, right: function(left, right), pairs())
    for exponent in EXPONENTS:
        record = {"operation": "pow", "arguments": ["x", exponent]}
        # The gradient of x ** 1.5 takes x ** 0.5, and PyTorch its square root for that: NaN of
        # -inf, where the same exponent in a tensor gives C's inf. Here both are C's.
        special = SPECIAL[1:] if exponent == 1.5 else SPECIAL
        cases.differentiate(f"pow.exponent{exponent}", record, lambda x: x ** exponent,
                            {"x": torch.tensor(special + [-3.0, 5.0, 1.25])})
    whole = {"left": cases.random(9) * 3, "right": cases.integers(-6, 7, 9).float()}
    cases.differentiate("pow.whole", {"operation": "pow", "arguments": ["left", "right"]},
                        lambda left, right: left ** right, whole)
    for name, function in COMPARISONS.items():
        inputs = pairs()
        cases.add(f"{name}.special", {"operation": name, "arguments": ["left", "right"]},
                  **inputs, output=function(**{"input": inputs["left"], "other": inputs["right"]}))
        x = torch.tensor(SPECIAL)
        cases.add(f"{name}.number", {"operation": name, "arguments": [0.5, "x"]},
                  x=x, output=function(torch.tensor(0.5), x))


def where(cases):
    condition = torch.tensor([[0.0, 1.0, -0.0], [math.nan, -2.0, math.inf]])
    record = {"operation": "where", "arguments": ["condition", "left", "right"]}
    for at, (left, right) in enumerate((((2, 3), (2, 3)), ((3,), (2, 1)), ((4, 1, 1), (1,)))):
        inputs = {"left": cases.random(*left), "right": cases.random(*right)}
        cases.differentiate(f"where.{at}", record,
                            lambda left, right: torch.where(condition.bool(), left, right),
                            inputs, condition=condition)
    numbers = {"operation": "where", "arguments": ["condition", -1.5, "right"]}
    cases.differentiate("where.number", numbers,
                        lambda right: torch.where(condition.bool(), -1.5, right),
                        {"right": cases.random(2, 3)}, condition=condition)


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
    binary(cases)
    where(cases)
    return cases.tensors, cases.metadata
