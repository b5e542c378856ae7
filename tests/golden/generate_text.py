"""What PyTorch prints: models, layers, optimizers, and the reports of load_state_dict."""

import torch
from torch import nn, optim


class OptionsNetwork(nn.Module):
    """Every option that changes a layer's printed text."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Sequential(
                nn.Conv2d(3, 8, kernel_size=(3, 5), stride=(2, 1), padding=(1, 2), dilation=2,
                          bias=False),
                nn.BatchNorm2d(8, eps=1e-3, momentum=0.2),
                nn.ReLU(),
                nn.MaxPool2d(2),
            ),
            nn.Sequential(
                nn.Conv2d(8, 12, 3, padding=1, stride=2, dilation=(1, 2)),
                nn.MaxPool2d((3, 2), stride=(2, 1), padding=1, dilation=2),
                nn.AvgPool2d(2),
                nn.AvgPool2d((3, 2), stride=1, padding=(1, 0)),
            ),
        )
        self.classifier = nn.Sequential(
            nn.Flatten(),
            nn.Dropout(p=0.25),
            nn.Linear(24, 10, bias=False),
        )
        self.criterion = nn.CrossEntropyLoss()


LAYERS = """
nn.Conv2d(1, 2, 3)
nn.Conv2d(1, 2, (3, 1), stride=2)
nn.Conv2d(1, 2, 3, padding=(0, 1))
nn.Conv2d(1, 2, 3, padding=1, dilation=3, bias=False)
nn.BatchNorm2d(4)
nn.BatchNorm2d(4, eps=1e-4, momentum=1.0)
nn.BatchNorm2d(4, eps=1.5e-7, momentum=0.01)
nn.ReLU()
nn.MaxPool2d(2)
nn.MaxPool2d((2, 2))
nn.MaxPool2d(3, stride=2)
nn.MaxPool2d(3, stride=(2, 1), padding=(1, 0), dilation=(1, 2))
nn.AvgPool2d(2)
nn.AvgPool2d((2, 3))
nn.AvgPool2d(3, stride=2, padding=1)
nn.AvgPool2d(3, stride=2, padding=1, count_include_pad=False)
nn.Linear(3, 4)
nn.Linear(3, 4, bias=False)
nn.Flatten()
nn.Dropout()
nn.Dropout(p=0.25)
nn.Dropout(p=0.0)
nn.Dropout(p=1.0)
nn.CrossEntropyLoss()
nn.Sequential()
nn.Sequential(nn.ReLU())
nn.Sequential(nn.Sequential(nn.ReLU(), nn.Flatten()), nn.Sequential())
""".strip().split("\n")


OPTIMIZERS = """
optim.Adam(parameters)
optim.Adam(parameters, lr=0.01, betas=(0.8, 0.99), eps=1e-6, weight_decay=0.125)
optim.AdamW(parameters)
optim.AdamW(parameters, lr=1.0, weight_decay=1e-5)
optim.SGD(parameters, lr=0.001)
optim.SGD(parameters, lr=0.5, momentum=0.9, weight_decay=1e-4, nesterov=True)
""".strip().split("\n")


def load_report(model, change):
    """The text that loading the model's own state dictionary gives after `change`."""
    state = model.state_dict()
    change(state)
    try:
        return str(model.load_state_dict(state))
    except RuntimeError as error:
        return str(error)


def resize(state):
    state["fc.weight"] = torch.zeros(10, 100)
    state["layer1.0.weight"] = torch.zeros(16, 1, 3, 3)


def remove(state):
    del state["layer1.0.bias"], state["fc.bias"]


def insert(state):
    state["fc2.weight"], state["fc2.bias"] = torch.zeros(2), torch.zeros(1)


def everything(state):
    insert(state)
    resize(state)
    remove(state)


def model_text(network):
    """Returns what model_text.json holds."""
    model = network()
    partial = model.state_dict()
    remove(partial)
    insert(partial)
    return {
        "models": {
            "ConvolutionalNeuralNetwork": str(model),
            "OptionsNetwork": str(OptionsNetwork()),
        },
        "layers": {source: str(eval(source, {"nn": nn})) for source in LAYERS},
        "optimizers": {
            source: str(eval(source, {"optim": optim, "parameters": nn.Linear(2, 1).parameters()}))
            for source in OPTIMIZERS
        },
        "load_state_dict": {
            "matched": load_report(model, lambda state: None),
            "missing": load_report(model, remove),
            "unexpected": load_report(model, insert),
            "size_mismatch": load_report(model, resize),
            "everything": load_report(model, everything),
            "not_strict": str(model.load_state_dict(partial, strict=False)),
        },
        "state_dict_keys": {
            "ConvolutionalNeuralNetwork": list(model.state_dict()),
            "OptionsNetwork": list(OptionsNetwork().state_dict()),
        },
    }
