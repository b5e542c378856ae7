"""Optimizers with all their options and groups, learning rates of 30 steps, moving averages."""

import json
import math
import warnings

import torch
from torch import nn, optim
from torch.optim import lr_scheduler
from torch.optim.swa_utils import AveragedModel

STEPS = 10
SHAPES = {"a": (3, 4), "b": (5,), "c": (2, 3)}
# The steps in which c has no gradient.
WITHOUT_C = (2, 5, 6)

UPDATES = {
    "sgd": ("SGD", {"lr": 0.1}),
    "sgd.momentum": ("SGD", {"lr": 0.1, "momentum": 0.9}),
    "sgd.dampening": ("SGD", {"lr": 0.1, "momentum": 0.9, "dampening": 0.3}),
    "sgd.everything": ("SGD", {"lr": 0.1, "momentum": 0.8, "dampening": 0.5, "weight_decay": 0.1}),
    "sgd.nesterov": (
        "SGD", {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.01, "nesterov": True}),
    "adam": ("Adam", {}),
    "adam.everything": (
        "Adam", {"lr": 0.05, "betas": (0.8, 0.99), "eps": 1e-3, "weight_decay": 0.1}),
    "adam.amsgrad": ("Adam", {"lr": 0.05, "amsgrad": True}),
    "adamw": ("AdamW", {"lr": 0.05}),
    "adamw.amsgrad": ("AdamW", {"lr": 0.05, "weight_decay": 0.2, "amsgrad": True}),
    "rmsprop": ("RMSprop", {}),
    "rmsprop.centered": ("RMSprop", {"lr": 0.02, "alpha": 0.9, "centered": True}),
    "rmsprop.momentum": ("RMSprop", {"momentum": 0.9, "weight_decay": 0.1}),
    "rmsprop.everything": ("RMSprop", {
        "lr": 0.005, "alpha": 0.8, "eps": 1e-4, "weight_decay": 0.05, "momentum": 0.5,
        "centered": True}),
    "adadelta": ("Adadelta", {}),
    "adadelta.everything": (
        "Adadelta", {"lr": 0.5, "rho": 0.8, "eps": 1e-3, "weight_decay": 0.1}),
    # Groups, by the parameters that each has.
    "sgd.groups": (
        "SGD", {"lr": 0.1, "momentum": 0.9},
        {"a": {"lr": 0.01}, "bc": {"momentum": 0.5, "nesterov": True, "weight_decay": 0.1}}),
    "sgd.dampening.groups": (
        "SGD", {"lr": 0.1}, {"ac": {"momentum": 0.9, "dampening": 0.5}, "b": {}}),
    "adam.groups": (
        "Adam", {"lr": 0.01},
        {"b": {"lr": 0.1, "betas": (0.5, 0.9)}, "ac": {"amsgrad": True, "weight_decay": 0.1}}),
    "adamw.groups": ("AdamW", {"lr": 0.01}, {"ab": {"weight_decay": 0.0}, "c": {"lr": 0.1}}),
    "rmsprop.groups": (
        "RMSprop", {"lr": 0.01}, {"c": {"centered": True}, "ab": {"momentum": 0.9, "lr": 0.1}}),
    "adadelta.groups": ("Adadelta", {}, {"ab": {"rho": 0.5}, "c": {"lr": 0.1}}),
}

TEXTS = (
    "RMSprop(parameters)",
    "RMSprop(parameters, lr=0.5, alpha=0.9, momentum=0.25, centered=True)",
    "Adadelta(parameters)",
    "SGD(parameters, lr=0.5, momentum=0.5, dampening=0.25)",
    "Adam([{'params': parameters[:1], 'lr': 0.5, 'amsgrad': True}, {'params': parameters[1:]}])",
)

SCHEDULES = {
    "step": lambda o: lr_scheduler.StepLR(o, step_size=7, gamma=0.5),
    "multiStep": lambda o: lr_scheduler.MultiStepLR(o, milestones=[3, 10, 10, 21], gamma=0.3),
    "exponential": lambda o: lr_scheduler.ExponentialLR(o, gamma=0.9),
    "cosine": lambda o: lr_scheduler.CosineAnnealingLR(o, T_max=12, eta_min=0.001),
    "linear": lambda o: lr_scheduler.LinearLR(
        o, start_factor=0.5, end_factor=0.1, total_iters=20),
    "lambda": lambda o: lr_scheduler.LambdaLR(o, lr_lambda=lambda step: 0.95 ** step),
    "lambdas": lambda o: lr_scheduler.LambdaLR(
        o, lr_lambda=[lambda step: 1 / (1 + step), lambda step: step % 5]),
    "oneCycle": lambda o: lr_scheduler.OneCycleLR(
        o, max_lr=0.3, total_steps=30, cycle_momentum=False),
    "oneCycleLinear": lambda o: lr_scheduler.OneCycleLR(
        o, max_lr=[0.3, 0.5], epochs=5, steps_per_epoch=6, pct_start=0.4, div_factor=10.0,
        final_div_factor=100.0, anneal_strategy="linear", cycle_momentum=False),
    "oneCycleThreePhase": lambda o: lr_scheduler.OneCycleLR(
        o, max_lr=0.3, total_steps=30, three_phase=True, cycle_momentum=False),
    "sequential": lambda o: lr_scheduler.SequentialLR(o, [
        lr_scheduler.LinearLR(o, start_factor=0.1, total_iters=5),
        lr_scheduler.MultiStepLR(o, milestones=[4, 8], gamma=0.5),
        lr_scheduler.CosineAnnealingLR(o, T_max=9),
    ], milestones=[5, 18]),
    "plateau": lambda o: lr_scheduler.ReduceLROnPlateau(o, factor=0.5, patience=2),
    "plateauMax": lambda o: lr_scheduler.ReduceLROnPlateau(
        o, "max", factor=0.3, patience=1, threshold=0.05, threshold_mode="abs", cooldown=3,
        min_lr=[0.01, 0.0001]),
    "plateauMaxRelative": lambda o: lr_scheduler.ReduceLROnPlateau(
        o, "max", patience=0, threshold=0.02, eps=1e-4),
    "plateauMinAbsolute": lambda o: lr_scheduler.ReduceLROnPlateau(
        o, factor=0.9, patience=1, threshold=0.01, threshold_mode="abs"),
}

# Schedules of one optimizer, stepped one after another; a rate is set by hand in between.
CHAINS = {
    "factors": lambda o: [
        lr_scheduler.LinearLR(o, start_factor=0.1, end_factor=0.8, total_iters=4),
        lr_scheduler.ExponentialLR(o, gamma=0.9),
        lr_scheduler.MultiStepLR(o, milestones=[0, 5, 11], gamma=0.3),
        lr_scheduler.StepLR(o, step_size=7, gamma=0.5),
    ],
    "cosine": lambda o: [
        lr_scheduler.CosineAnnealingLR(o, T_max=40, eta_min=0.001),
        lr_scheduler.StepLR(o, step_size=9, gamma=0.5),
    ],
    "cosineToZero": lambda o: [
        lr_scheduler.CosineAnnealingLR(o, T_max=8),
        lr_scheduler.ExponentialLR(o, gamma=0.95),
    ],
    "absolute": lambda o: [
        lr_scheduler.StepLR(o, step_size=2, gamma=0.5),
        lr_scheduler.LambdaLR(o, lr_lambda=lambda step: 1 / (1 + step)),
        lr_scheduler.ExponentialLR(o, gamma=0.5),
    ],
    "sequential": lambda o: [
        lr_scheduler.SequentialLR(o, [
            lr_scheduler.LinearLR(o, start_factor=0.1, total_iters=4),
            lr_scheduler.StepLR(o, step_size=5, gamma=0.3),
        ], milestones=[6]),
        lr_scheduler.ExponentialLR(o, gamma=0.9),
    ],
    "vanishing": lambda o: [
        lr_scheduler.LinearLR(o, start_factor=1.0, end_factor=0.0, total_iters=6),
        lr_scheduler.StepLR(o, step_size=2, gamma=0.5),
    ],
    "plateau": lambda o: [
        lr_scheduler.LinearLR(o, start_factor=0.1, total_iters=5),
        lr_scheduler.ReduceLROnPlateau(o, factor=0.5, patience=1),
    ],
}
BY_HAND = (9, 0.03)


def optimizers_and_schedules():
    """Returns the tensors and the metadata of optim.safetensors."""
    generator = torch.Generator().manual_seed(13)
    start = {name: torch.randn(shape, generator=generator) for name, shape in SHAPES.items()}
    gradients = {}
    for name, shape in SHAPES.items():
        # From large to small, and here and there none.
        scale = torch.tensor([2.0 ** -step for step in range(STEPS)])
        drawn = torch.randn(STEPS, *shape, generator=generator)
        drawn.flatten(1)[:, -1] = 0
        gradients[name] = drawn * scale.reshape(-1, *[1] * len(shape))
    tensors, metadata = {}, {}
    for name, tensor in start.items():
        tensors[f"start.{name}"] = tensor
        tensors[f"gradients.{name}"] = gradients[name]
    for name, (kind, options, *groups) in UPDATES.items():
        metadata[f"updates.{name}"] = json.dumps(
            {"optimizer": kind, "options": options, "groups": groups[0] if groups else {}})
        after = updates(start, gradients, kind, options, *groups)
        tensors.update({f"updates.{name}.{key}": value for key, value in after.items()})
    for text in TEXTS:
        parameters = [nn.Parameter(tensor) for tensor in start.values()]
        metadata[f"text.{text}"] = str(eval(text, {**vars(optim), "parameters": parameters}))
    tensors["metrics"] = metrics()
    for name, make in SCHEDULES.items():
        tensors[f"schedules.{name}"] = rates(lambda o: [make(o)])
    for name, make in CHAINS.items():
        tensors[f"chains.{name}"] = rates(make, BY_HAND)
    tensors.update(averages())
    return tensors, metadata


def updates(start, gradients, kind, options, groups=None):
    """Each parameter after each step."""
    parameters = {name: nn.Parameter(tensor.clone()) for name, tensor in start.items()}
    given = list(parameters.values())
    if groups is not None:
        given = [
            {"params": [parameters[name] for name in names], **own}
            for names, own in groups.items()
        ]
    optimizer = getattr(optim, kind)(given, **options)
    after = {name: [] for name in parameters}
    for step in range(STEPS):
        for name, parameter in parameters.items():
            has = name != "c" or step not in WITHOUT_C
            parameter.grad = gradients[name][step].clone() if has else None
        optimizer.step()
        for name, parameter in parameters.items():
            after[name].append(parameter.detach().clone())
    return {name: torch.stack(values) for name, values in after.items()}


def metrics():
    """What the schedules that look at a metric are given: falling, level, rising."""
    values = [1 / (1 + step) for step in range(8)] + [0.125 - 0.001 * step for step in range(8)]
    values += [0.13 + 0.02 * math.sin(step) for step in range(8)] + [0.05 * step for step in range(6)]
    return torch.tensor(values, dtype=torch.float64)


def rates(make, by_hand=(None, None)):
    """The rates of two groups before each of 30 steps; after one, the first group's is set."""
    groups = [{"params": [nn.Parameter(torch.zeros(1))], "lr": lr} for lr in (0.1, 0.02)]
    optimizer = optim.SGD(groups, lr=1.0)
    found = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        schedulers = make(optimizer)
        for step, metric in enumerate(metrics().tolist()):
            found.append([group["lr"] for group in optimizer.param_groups])
            if step == by_hand[0]:
                optimizer.param_groups[0]["lr"] = by_hand[1]
            optimizer.step()
            for scheduler in schedulers:
                if isinstance(scheduler, lr_scheduler.ReduceLROnPlateau):
                    scheduler.step(metric)
                else:
                    scheduler.step()
    return torch.tensor(found, dtype=torch.float64)


def averages():
    """A parameter that is set, and its moving averages by two decays."""
    generator = torch.Generator().manual_seed(14)
    values = torch.randn(STEPS, 7, generator=generator)
    found = {"ema.values": values}
    for decay in (0.9, 0.25):
        # The update of torch 2's get_ema_multi_avg_fn.
        model = nn.Linear(7, 1, bias=False)
        averaged = AveragedModel(
            model, avg_fn=lambda average, value, _: torch.lerp(average, value, 1 - decay))
        after = []
        for value in values:
            model.weight.data.copy_(value)
            averaged.update_parameters(model)
            after.append(averaged.module.weight.detach().flatten().clone())
        found[f"ema.{decay}"] = torch.stack(after)
    return found
