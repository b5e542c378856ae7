"""Losses in PyTorch: writes losses.safetensors.

As generate_operations.py: computed in f64 from inputs that f32 holds exactly, and rounded once. The
metadata entry of a case is the JSON of the options that are numbers or names; class weights are
tensors beside the input.
"""

import math

import torch
from torch.nn import functional

from generate import FOLDER, save
from generate_operations import Cases

REDUCTIONS = ("mean", "sum", "none")


def double(tensor):
    return None if tensor is None else tensor.double()


def with_labels(cases):
    shapes = {"batch": (7, 5), "pixels": (2, 3, 4, 2), "sequence": (3, 4, 5), "one": (1, 3)}
    for name, shape in shapes.items():
        classes = shape[1]
        x = cases.random(*shape) * 3
        labels = cases.integers(0, classes, shape[0], *shape[2:])
        weight = cases.random(classes).abs() + 0.25
        for reduction in REDUCTIONS:
            for factors in (None, weight):
                for ignored in (None, int(labels.flatten()[0])):
                    if name == "one" and ignored is not None:
                        continue
                    case = f"{name}{reduction}{'Weight' if factors is not None else ''}" + (
                        "Ignored" if ignored is not None else "")
                    options = {"reduction": reduction}
                    arguments = {"reduction": reduction, "weight": double(factors)}
                    if ignored is not None:
                        options["ignoreIndex"] = arguments["ignore_index"] = ignored
                    cases.differentiate(
                        f"nllLoss.{case}", options,
                        lambda x: functional.nll_loss(x, labels, **arguments), {"x": x},
                        labels=labels, weight=factors)
                    for smoothing in (0, 0.3) if name in ("batch", "pixels") else (0,):
                        cases.differentiate(
                            f"crossEntropy.{case}{'Smoothed' if smoothing else ''}",
                            {**options, "labelSmoothing": smoothing},
                            lambda x: functional.cross_entropy(
                                x, labels, label_smoothing=smoothing, **arguments),
                            {"x": x}, labels=labels, weight=factors)


def with_probabilities(cases):
    for name, shape in (("batch", (6, 5)), ("pixels", (2, 3, 4, 2))):
        x = cases.random(*shape) * 3
        target = cases.random(*shape).softmax(1).double().float()
        weight = cases.random(shape[1]).abs() + 0.25
        for reduction in REDUCTIONS:
            for factors, smoothing in ((None, 0), (None, 0.2), (weight, 0), (weight, 0.2)):
                cases.differentiate(
                    f"softCrossEntropy.{name}{reduction}{'Weight' if factors is not None else ''}"
                    f"{'Smoothed' if smoothing else ''}",
                    {"reduction": reduction, "labelSmoothing": smoothing},
                    lambda x, target: functional.cross_entropy(
                        x, target, double(factors), reduction=reduction,
                        label_smoothing=smoothing),
                    {"x": x, "target": target}, weight=factors)


def regression(cases):
    x, target = cases.random(3, 4) * 2, cases.random(3, 4)
    x[0, 1] = target[0, 1]
    for reduction in REDUCTIONS:
        for operation, function in (("mseLoss", functional.mse_loss), ("l1Loss", functional.l1_loss)):
            cases.differentiate(f"{operation}.{reduction}", {"reduction": reduction},
                                lambda x, target: function(x, target, reduction=reduction),
                                {"x": x, "target": target})
        for beta in (1, 0.5):
            cases.differentiate(
                f"smoothL1Loss.{reduction}{beta}", {"reduction": reduction, "beta": beta},
                lambda x, target: functional.smooth_l1_loss(
                    x, target, reduction=reduction, beta=beta), {"x": x, "target": target})
        cases.differentiate(
            f"smoothL1Loss.{reduction}0", {"reduction": reduction, "beta": 0},
            lambda x: functional.smooth_l1_loss(x, target.double(), reduction=reduction, beta=0),
            {"x": x}, target=target)
    edges = torch.tensor([math.nan, math.inf, -math.inf, 0, 0.5, 1, -1, 2])
    zeros = torch.zeros(8)
    for operation, function in (("mseLoss", functional.mse_loss), ("l1Loss", functional.l1_loss),
                                ("smoothL1Loss", functional.smooth_l1_loss)):
        cases.differentiate(f"{operation}.edges", {"reduction": "none"},
                            lambda x: function(x, zeros.double(), reduction="none"), {"x": edges},
                            target=zeros)


def binary(cases):
    x, target = cases.random(3, 4) * 4, cases.random(3, 4).sigmoid()
    weight, pos_weight = cases.random(4).abs() + 0.25, cases.random(4).abs() * 2
    for reduction in REDUCTIONS:
        for name, factors, positive in (("", None, None), ("Weight", weight, None),
                                        ("Positive", None, pos_weight), ("Both", weight, pos_weight)):
            cases.differentiate(
                f"bceWithLogits.{reduction}{name}", {"reduction": reduction},
                lambda x: functional.binary_cross_entropy_with_logits(
                    x, target.double(), double(factors), pos_weight=double(positive),
                    reduction=reduction), {"x": x}, target=target, weight=factors,
                posWeight=positive)
    edges = torch.tensor([math.nan, math.inf, math.inf, -math.inf, -math.inf, 0, 200, -200, 200, -200, 15])
    targets = torch.tensor([1, 1, 0, 1, 0, 0.5, 1, 1, 0, 0, 1])
    for name, positive in (("edges", None), ("edgesPositive", torch.tensor([3.0]))):
        cases.differentiate(
            f"bceWithLogits.{name}", {"reduction": "none"},
            lambda x: functional.binary_cross_entropy_with_logits(
                x, targets.double(), pos_weight=double(positive), reduction="none"), {"x": edges},
            target=targets, posWeight=positive)


def probabilities(cases):
    x, target = cases.random(3, 4).sigmoid(), cases.random(3, 4).sigmoid()
    for reduction in REDUCTIONS:
        cases.differentiate(
            f"binaryCrossEntropy.{reduction}", {"reduction": reduction},
            lambda x, target: functional.binary_cross_entropy(x, target, reduction=reduction),
            {"x": x, "target": target})
    edges = torch.tensor([0, 0, 0, 1, 1, 1, 0.5, 1e-30, 1e-8, 1 - 2**-24, 2**-20])
    targets = torch.tensor([1, 0, 0.25, 1, 0, 0.25, 1, 1, 0, 0, 0.5])
    cases.differentiate(
        "binaryCrossEntropy.edges", {"reduction": "none"},
        lambda x: functional.binary_cross_entropy(x, targets.double(), reduction="none"),
        {"x": edges}, target=targets)


if __name__ == "__main__":
    cases = Cases()
    for add in (with_labels, with_probabilities, regression, binary, probabilities):
        add(cases)
    save(FOLDER / "losses.safetensors", cases.tensors, cases.metadata)
