"""What a training adds to the operations: learning rates, AdamW, clipping, label smoothing."""

import warnings

import torch
from torch import nn, optim
from torch.nn import functional
from torch.optim import lr_scheduler


def training():
    """Everything in training.json: lists of numbers by name."""
    return {
        "schedules": schedules(),
        "adamw": adamw(),
        "clip": clip(),
        "smoothing": smoothing(),
    }


def schedules():
    """The learning rates of 12 steps, base rate 0.1."""
    makers = {
        "step": lambda o: lr_scheduler.StepLR(o, step_size=3, gamma=0.5),
        "cosine": lambda o: lr_scheduler.CosineAnnealingLR(o, T_max=8, eta_min=0.01),
        "linear": lambda o: lr_scheduler.LinearLR(o, start_factor=0.25, total_iters=5),
        "one-cycle": lambda o: lr_scheduler.OneCycleLR(o, 0.3, total_steps=12, cycle_momentum=False),
        "sequential": lambda o: lr_scheduler.SequentialLR(
            o,
            [
                lr_scheduler.LinearLR(o, start_factor=0.2, total_iters=4),
                lr_scheduler.CosineAnnealingLR(o, T_max=8),
            ],
            milestones=[4],
        ),
    }
    return {name: rates(make) for name, make in makers.items()}


def rates(make):
    optimizer = optim.SGD([nn.Parameter(torch.zeros(1))], lr=0.1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        scheduler = make(optimizer)
        found = []
        for _ in range(12):
            found.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            scheduler.step()
    return found


def adamw():
    """A parameter after each of three steps on its gradients."""
    generator = torch.Generator().manual_seed(0)
    parameter = nn.Parameter(torch.randn(5, generator=generator))
    start = parameter.tolist()
    optimizer = optim.AdamW([parameter], lr=0.1, weight_decay=0.2)
    gradients, after = [], []
    for _ in range(3):
        parameter.grad = torch.randn(5, generator=generator)
        gradients.append(parameter.grad.tolist())
        optimizer.step()
        after.append(parameter.tolist())
    return {"start": start, "gradients": gradients, "after": after}


def clip():
    """Two gradients before and after clip_grad_norm_, by norm."""
    generator = torch.Generator().manual_seed(1)
    before = [torch.randn(3, 2, generator=generator), torch.randn(3, generator=generator)]
    found = {"before": [gradient.flatten().tolist() for gradient in before]}
    for norm in (1.0, 100.0):
        parameters = [nn.Parameter(torch.zeros_like(gradient)) for gradient in before]
        for parameter, gradient in zip(parameters, before):
            parameter.grad = gradient.clone()
        total = nn.utils.clip_grad_norm_(parameters, norm)
        found["norm"] = total.item()
        found[f"after {norm:g}"] = [parameter.grad.flatten().tolist() for parameter in parameters]
    return found


def smoothing():
    """Loss and gradient of smoothed labels, by the amount."""
    generator = torch.Generator().manual_seed(2)
    logits = (torch.randn(4, 5, generator=generator) * 3).requires_grad_()
    labels = torch.tensor([0, 4, 2, 2])
    found = {"logits": logits.flatten().tolist(), "labels": labels.tolist()}
    for amount in (0.0, 0.1, 1.0):
        logits.grad = None
        loss = functional.cross_entropy(logits, labels, label_smoothing=amount)
        loss.backward()
        found[f"{amount:g}"] = {"loss": loss.item(), "gradient": logits.grad.flatten().tolist()}
    return found
