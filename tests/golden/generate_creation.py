"""Writes creation.json: tensors that PyTorch makes without others.

    python3 tests/golden/generate_creation.py && deno fmt tests/golden/creation.json

The random ones are those of a CPU with AVX2, where `randn` has logarithm, sine and cosine of its
own from 16 elements on.
"""

import json
from pathlib import Path

import torch

CASES = [
    ("zeros", [[2, 3]], {}),
    ("ones", [[4]], {}),
    ("full", [[2, 2], -1.5], {}),
    ("arange", [5], {}),
    ("arange", [2, 7], {}),
    ("arange", [1, 2.5, 0.5], {}),
    ("arange", [0, 1, 0.1], {}),
    ("arange", [3, -2, -2], {}),
    ("arange", [0.5, 3], {}),
    ("eye", [3], {}),
    ("eye", [2, 4], {}),
    ("eye", [3, 2], {}),
    ("rand", [[2, 3]], {"seed": 0}),
    ("rand", [[40]], {"seed": 123456789}),
    ("randn", [[]], {"seed": 4}),
    ("randn", [[3, 5]], {"seed": 0}),
    ("randn", [[2, 8]], {"seed": 0}),
    ("randn", [[17]], {"seed": 1}),
    ("randn", [[3, 37]], {"seed": 2}),
]


def case(function, arguments, options):
    torch.manual_seed(options.get("seed", 0))
    given = {} if "seed" in options else {"dtype": torch.float32}
    made = getattr(torch, function)(*arguments, **given)
    return {
        "function": function, "arguments": arguments, "options": options,
        "shape": list(made.shape), "values": " ".join(str(value) for value in made.flatten().tolist()),
    }


def main():
    text = "[\n" + ",\n".join(json.dumps(case(*one)) for one in CASES) + "\n]"
    (Path(__file__).parent / "creation.json").write_text(text + "\n")


main()
