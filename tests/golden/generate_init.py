"""First values by torch.nn.init: single parameters, and a model whose layers are initialised anew."""

import torch
from torch import nn
from torch.nn import init

# Below 16 elements PyTorch draws normal numbers otherwise than above.
SHAPES = {"small": (3, 4), "linear": (5, 9), "kernel": (4, 3, 5, 2)}

# By the expression in TypeScript, in which `x` is the parameter.
FUNCTIONS = {
    "init.uniform(x)": init.uniform_,
    "init.uniform(x, -2, 0.3)": lambda x: init.uniform_(x, -2, 0.3),
    "init.normal(x)": init.normal_,
    "init.normal(x, 1.5, 0.02)": lambda x: init.normal_(x, 1.5, 0.02),
    "init.constant(x, 0.1)": lambda x: init.constant_(x, 0.1),
    "init.zeros(x)": init.zeros_,
    "init.ones(x)": init.ones_,
    "init.xavierUniform(x)": init.xavier_uniform_,
    "init.xavierUniform(x, init.calculateGain('tanh'))":
        lambda x: init.xavier_uniform_(x, init.calculate_gain("tanh")),
    "init.xavierNormal(x)": init.xavier_normal_,
    "init.xavierNormal(x, 2)": lambda x: init.xavier_normal_(x, 2),
    "init.kaimingUniform(x)": init.kaiming_uniform_,
    "init.kaimingUniform(x, { a: 0.2, mode: 'fanOut' })":
        lambda x: init.kaiming_uniform_(x, a=0.2, mode="fan_out"),
    "init.kaimingNormal(x, { nonlinearity: 'relu' })":
        lambda x: init.kaiming_normal_(x, nonlinearity="relu"),
    "init.kaimingNormal(x, { mode: 'fanOut', nonlinearity: 'tanh' })":
        lambda x: init.kaiming_normal_(x, mode="fan_out", nonlinearity="tanh"),
}


def initialise(module):
    if isinstance(module, nn.Conv2d):
        init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
        init.zeros_(module.bias)
    elif isinstance(module, nn.Linear):
        init.xavier_uniform_(module.weight)


def first_values():
    """Returns the tensors of first_values.safetensors."""
    tensors = {}
    for call, function in FUNCTIONS.items():
        for shape, size in SHAPES.items():
            torch.manual_seed(3)
            tensors[f"{call}.{shape}"] = function(torch.empty(size))
    torch.manual_seed(4)
    model = nn.Sequential(nn.Conv2d(1, 3, 3), nn.Dropout(), nn.Flatten(), nn.Linear(12, 5))
    model.apply(initialise)
    for name, value in model.state_dict().items():
        tensors[f"model.{name}"] = value
    return tensors
