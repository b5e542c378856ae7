"""Single operations in PyTorch: inputs, outputs and the gradients for a random upstream gradient.

Computed in f64 from inputs that f32 holds exactly, and rounded once when stored, so that a
difference is the tested code's own. A tensor is named `operation.case.tensor`; the metadata entry
`operation.case` is the JSON of the shape or options that the operation's kernel has.
"""

import json
import math

import torch
from torch.nn import functional

WINDOW = {"kernel": (1, 1), "stride": (1, 1), "padding": (0, 0), "dilation": (1, 1)}


class Cases:
    """Collects the tensors and the metadata of every case, and makes their inputs."""

    def __init__(self):
        self.generator = torch.Generator().manual_seed(2)
        self.tensors = {}
        self.metadata = {}

    def random(self, *shape):
        return torch.randn(shape, generator=self.generator)

    def integers(self, low, high, *shape):
        return torch.randint(low, high, shape, generator=self.generator)

    def add(self, name, record, **tensors):
        self.metadata[name] = json.dumps(record)
        for key, tensor in tensors.items():
            if tensor is not None:
                stored = tensor.detach().clone()
                self.tensors[f"{name}.{key}"] = stored if key in (
                    "labels", "indices") else stored.float()

    def differentiate(self, name, record, function, inputs, grad_output=None, **extra):
        """Adds `inputs`, the function's output and the gradient of every input."""
        leaves = {key: value.double().requires_grad_() for key, value in inputs.items()}
        output = function(**leaves)
        if grad_output is None:
            grad_output = self.random(*output.shape)
        output.backward(grad_output.double())
        gradients = {f"grad{key[0].upper()}{key[1:]}": leaf.grad for key, leaf in leaves.items()}
        self.add(name, record, **inputs, output=output, gradOutput=grad_output, **gradients, **extra)


def window_record(window):
    """The fields of `Window2d`: kernelHeight, kernelWidth, strideHeight, ..."""
    return {
        key + axis: value
        for key, pair in window.items() for axis, value in zip(("Height", "Width"), pair)
    }


def image_record(x, output_size):
    return {
        "batch": x.shape[0], "inHeight": x.shape[2], "inWidth": x.shape[3],
        "outHeight": output_size[0], "outWidth": output_size[1],
    }


def output_size(x, window):
    return [
        (size + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1
        for size, kernel, stride, padding, dilation in zip(x.shape[2:], *window.values())
    ]


def conv2d(cases):
    configurations = {
        "kernel1": ((3, 2, 5, 4), 3, {}),
        "kernel3": ((1, 3, 6, 5), 2, {"kernel": (3, 3), "padding": (1, 1)}),
        "kernel5": ((3, 1, 9, 8), 4, {"kernel": (5, 5), "padding": (2, 2)}),
        "kernel3x5": ((3, 2, 8, 7), 3, {
            "kernel": (3, 5), "stride": (2, 1), "padding": (1, 2)}),
        "stride3x2": ((2, 3, 11, 8), 2, {
            "kernel": (2, 3), "stride": (3, 2), "padding": (0, 1)}),
        "dilation2x3": ((1, 2, 9, 10), 3, {
            "kernel": (3, 2), "padding": (2, 1), "dilation": (2, 3)}),
        "everything": ((3, 4, 10, 9), 5, {
            "kernel": (3, 2), "stride": (2, 3), "padding": (3, 1), "dilation": (2, 3)}),
        "withoutBias": ((2, 3, 6, 5), 4, {"kernel": (2, 3), "bias": False}),
    }
    for name, (size, out_channels, options) in configurations.items():
        window = {key: options.get(key, default) for key, default in WINDOW.items()}
        inputs = {
            "x": cases.random(*size),
            "weight": cases.random(out_channels, size[1], *window["kernel"]),
        }
        if options.get("bias", True):
            inputs["bias"] = cases.random(out_channels)
        record = {
            **image_record(inputs["x"], output_size(inputs["x"], window)),
            "inChannels": size[1], "outChannels": out_channels, **window_record(window),
        }
        arguments = {key: window[key] for key in ("stride", "padding", "dilation")}
        cases.differentiate(f"conv2d.{name}", record,
                            lambda **leaves: functional.conv2d(
                                leaves["x"], leaves["weight"], leaves.get("bias"), **arguments),
                            inputs)


def batch_norm2d(cases):
    configurations = {
        "train": ((3, 4, 5, 2), True, 1e-5, 0.1),
        "trainBatch1": ((1, 2, 3, 4), True, 1e-3, 0.3),
        "eval": ((3, 4, 5, 2), False, 1e-5, 0.1),
    }
    for name, (size, training, eps, momentum) in configurations.items():
        channels = size[1]
        running_mean = cases.random(channels)
        running_variance = cases.random(channels).abs() + 0.5
        mean_after, variance_after = running_mean.double(), running_variance.double()
        cases.differentiate(
            f"batchNorm2d.{name}",
            {"batch": size[0], "channels": channels, "area": size[2] * size[3], "eps": eps,
             "momentum": momentum},
            lambda x, weight, bias: functional.batch_norm(
                x, mean_after, variance_after, weight, bias, training, momentum, eps),
            {"x": cases.random(*size) * 2 + 3, "weight": cases.random(channels),
             "bias": cases.random(channels)},
            runningMean=running_mean, runningVariance=running_variance,
            runningMeanAfter=mean_after, runningVarianceAfter=variance_after)


def pool_configurations(cases):
    return {
        "kernel2": (cases.random(3, 2, 6, 4), {"kernel": (2, 2), "stride": (2, 2)}),
        "remainder": (cases.random(1, 3, 5, 7), {"kernel": (2, 3), "stride": (2, 3)}),
        "overlap": (cases.random(3, 2, 7, 6), {
            "kernel": (3, 2), "stride": (2, 1), "padding": (1, 1)}),
    }


def max_pool2d(cases):
    configurations = pool_configurations(cases)
    padded = {"kernel": (3, 3), "stride": (2, 2), "padding": (1, 1)}
    with_nan = cases.random(1, 2, 6, 5)
    with_nan[0, 0, 2, 2:4] = math.nan
    with_nan[0, 1, 0, 0] = -math.inf
    with_nan[0, 1, 4, 1] = math.inf
    configurations.update({
        "dilation": (cases.random(1, 2, 9, 8), {
            "kernel": (3, 2), "stride": (1, 2), "padding": (1, 1), "dilation": (2, 3)}),
        "ties": (cases.integers(0, 3, 3, 2, 7, 6).float(), padded),
        "negative": (-1 - cases.random(1, 2, 5, 6).abs(), padded),
        "notFinite": (with_nan, padded),
    })
    for name, (x, options) in configurations.items():
        window = {**WINDOW, **options}
        size = output_size(x, window)
        _, indices = functional.max_pool2d(
            x, *(window[key] for key in WINDOW), return_indices=True)
        cases.differentiate(
            f"maxPool2d.{name}",
            {**image_record(x, size), "channels": x.shape[1], **window_record(window)},
            lambda x: functional.max_pool2d(x, *(window[key] for key in WINDOW)),
            {"x": x}, indices=indices)


def avg_pool2d(cases):
    configurations = pool_configurations(cases)
    x, options = configurations["overlap"]
    configurations["paddingNotCounted"] = (x.clone(), options)
    for name, (x, options) in configurations.items():
        window = {**WINDOW, **options}
        counted = name != "paddingNotCounted"
        cases.differentiate(
            f"avgPool2d.{name}",
            {**image_record(x, output_size(x, window)), "channels": x.shape[1],
             "countIncludePad": counted, **window_record(window)},
            lambda x: functional.avg_pool2d(
                x, window["kernel"], window["stride"], window["padding"],
                count_include_pad=counted),
            {"x": x})


def linear(cases):
    for name, batch, bias in (("batch3", 3, True), ("batch1", 1, True), ("withoutBias", 2, False)):
        inputs = {"x": cases.random(batch, 5), "weight": cases.random(4, 5)}
        if bias:
            inputs["bias"] = cases.random(4)
        cases.differentiate(
            f"linear.{name}", {"batch": batch, "inFeatures": 5, "outFeatures": 4},
            lambda **leaves: functional.linear(leaves["x"], leaves["weight"], leaves.get("bias")),
            inputs)


def cross_entropy(cases):
    large = cases.random(3, 4) * 10
    # Their exponential overflows even f64: only a shifted softmax survives.
    large[0, 1], large[1, 2], large[2, 0] = 1000, -1000, 900
    for name, logits in (("batch5", cases.random(5, 7)), ("batch1", cases.random(1, 3)),
                         ("large", large)):
        batch, classes = logits.shape
        labels = cases.integers(0, classes, batch)
        cases.differentiate(
            f"crossEntropy.{name}", {"batch": batch, "classes": classes},
            lambda logits: functional.cross_entropy(logits, labels), {"logits": logits},
            grad_output=torch.tensor(0.75),
            labels=labels, probabilities=logits.double().softmax(1))


def activations(cases):
    values = [-2.5, -1e-30, -0.0, 0.0, 1e-30, 0.5, 3.25, math.inf, -math.inf, math.nan]
    cases.differentiate("relu.edges", {}, lambda x: functional.relu(x),
                        {"x": torch.tensor(values)})
    scores = cases.integers(0, 3, 6, 5)
    labels = cases.integers(0, 5, 6)
    indices = scores.argmax(1)
    cases.add("argmax.ties", {"batch": 6, "classes": 5}, x=scores, labels=labels, indices=indices,
              output=(indices == labels).sum())


def optimizers(cases):
    adam = {"beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "weightDecay": 0}
    sgd = {"momentum": 0.9, "weightDecay": 0, "nesterov": False}
    configurations = {
        "adam.default": adam,
        "adam.everything": {"beta1": 0.8, "beta2": 0.99, "eps": 1e-3, "weightDecay": 0.1},
        "sgd.plain": {**sgd, "momentum": 0},
        "sgd.momentum": sgd,
        "sgd.everything": {"momentum": 0.7, "weightDecay": 0.1, "nesterov": True},
    }
    for name, options in configurations.items():
        start, gradients = cases.random(6), cases.random(5, 6)
        parameter = start.double().requires_grad_()
        if name.startswith("adam"):
            optimizer = torch.optim.Adam(
                [parameter], lr=0.05, betas=(options["beta1"], options["beta2"]),
                eps=options["eps"], weight_decay=options["weightDecay"])
        else:
            optimizer = torch.optim.SGD(
                [parameter], lr=0.05, momentum=options["momentum"],
                weight_decay=options["weightDecay"], nesterov=options["nesterov"])
        for gradient in gradients:
            parameter.grad = gradient.double()
            optimizer.step()
        state = optimizer.state[parameter]
        cases.add(name, {**options, "learningRate": 0.05}, parameter=start, gradients=gradients,
                  output=parameter, expAvg=state.get("exp_avg"), expAvgSq=state.get("exp_avg_sq"),
                  momentumBuffer=state.get("momentum_buffer"))


def operations():
    """Returns the tensors and the metadata of operations.safetensors."""
    cases = Cases()
    for add in (conv2d, batch_norm2d, max_pool2d, avg_pool2d, linear, cross_entropy, activations,
                optimizers):
        add(cases)
    return cases.tensors, cases.metadata
