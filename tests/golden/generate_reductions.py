"""Reductions, softmax and matrix products in PyTorch: writes reductions.safetensors.

As generate_operations.py: computed in f64 from inputs that f32 holds exactly, and rounded once. The
metadata entry of a case is the JSON of what the function is called with beside its tensors.
"""

import torch

from generate import FOLDER, save
from generate_operations import Cases


def softmax(cases):
    large = cases.random(3, 4) * 100
    large[1, 2], large[2, 0] = 1000, -float("inf")
    for name, x, dim in (
            ("last", cases.random(5, 7), 1), ("channels", cases.random(2, 3, 4, 2), 1),
            ("first", cases.random(4, 3), 0), ("vector", cases.random(9), -1), ("large", large, -1)):
        for operation in ("softmax", "logSoftmax"):
            function = torch.softmax if operation == "softmax" else torch.log_softmax
            if name == "large" and operation == "logSoftmax":
                continue
            cases.differentiate(f"{operation}.{name}", {"dim": dim},
                                lambda x: function(x, dim), {"x": x})


def along(cases):
    x = cases.random(3, 4, 5)
    for name, options in (("all", {}), ("one", {"dim": 1}), ("two", {"dim": [0, -1]}),
                          ("kept", {"dim": [1], "keepdim": True})):
        dim, keepdim = options.get("dim", [0, 1, 2]), options.get("keepdim", False)
        cases.differentiate(f"logsumexp.{name}", options,
                            lambda x: torch.logsumexp(x, dim, keepdim), {"x": x})
        for correction in (1, 0, 3):
            cases.differentiate(
                f"variance.{name}{correction}", {**options, "correction": correction},
                lambda x: torch.var(x, dim, correction=correction, keepdim=keepdim), {"x": x * 2 + 3})
        for p in (1, 2):
            cases.differentiate(f"norm.{name}{p}", {**options, "p": p},
                                lambda x: torch.norm(x, p, dim, keepdim), {"x": x})


def extrema(cases):
    ties = cases.integers(0, 3, 4, 6, 3).float()
    not_finite = cases.random(4, 6)
    not_finite[0, 2], not_finite[0, 4], not_finite[1, 5] = [float("nan")] * 3
    not_finite[2, 1], not_finite[2, 2], not_finite[3, 0] = float("inf"), -float("inf"), -0.0
    for operation in ("max", "min"):
        for case, x in (("ties", ties), ("notFinite", not_finite)):
            for dim in range(-1, x.dim()):
                values, indices = getattr(torch, operation)(x, dim)
                cases.differentiate(f"{operation}.{case}{dim + 1}", {"dim": dim},
                                    lambda x: getattr(torch, operation)(x, dim)[0], {"x": x},
                                    indices=indices)
        for case, x in (("allTies", ties), ("allNaN", not_finite)):
            cases.differentiate(f"{operation}.{case}", {}, lambda x: getattr(torch, operation)(x),
                                {"x": x})


def matmul(cases):
    shapes = {
        "matrices": ((3, 5), (5, 4)), "dot": ((5,), (5,)), "row": ((5,), (5, 4)),
        "column": ((3, 5), (5,)), "batch": ((2, 3, 5), (2, 5, 4)), "left": ((2, 3, 5), (5, 4)),
        "right": ((3, 5), (2, 5, 4)), "broadcast": ((2, 1, 3, 5), (4, 5, 2)),
        "rowOfBatch": ((5,), (3, 5, 4)), "columnOfBatch": ((2, 2, 3, 5), (5,)),
        "one": ((1, 1), (1, 1)), "odd": ((1, 7, 9), (3, 9, 11)), "tiles": ((33, 35), (35, 37)),
    }
    for name, (left, right) in shapes.items():
        cases.differentiate(f"matmul.{name}", {}, lambda left, right: left @ right, {
            "left": cases.random(*left), "right": cases.random(*right)})


if __name__ == "__main__":
    cases = Cases()
    for add in (softmax, along, extrema, matmul):
        add(cases)
    save(FOLDER / "reductions.safetensors", cases.tensors, cases.metadata)
