"""Writes onnx_cases.safetensors: ONNX's own node cases for what a convolutional
network computes. Needs Debian's python3-onnx.

Tensors are named CASE/input0, CASE/output0, …; the metadata has, for each case,
its operation and attributes. Cases above 64 kB are left out, and named there.
"""
import json
import random

import numpy as np
import torch

# onnx 1.12 still uses names that numpy has dropped.
np.bool, np.float, np.int, np.object = bool, float, int, object

import onnx.backend.test.case.node as cases
from onnx.helper import get_attribute_value

from generate import FOLDER, save

OPERATIONS = """Add ArgMax AveragePool BatchNormalization Conv ConvTranspose
Flatten Gemm GlobalAveragePool MaxPool Mul NegativeLogLikelihoodLoss ReduceMean
ReduceSum Relu SoftmaxCrossEntropyLoss""".split()
LARGEST = 65536

np.random.seed(0)
random.seed(0)
tensors, metadata, left_out = {}, {}, []
for case in cases.collect_testcases(None):
    nodes = case.model.graph.node
    if len(nodes) != 1 or nodes[0].op_type not in OPERATIONS:
        continue
    name = case.name.removeprefix("test_")
    # One name stands for two cases of ReduceSum.
    if name in metadata:
        name += "_2"
    inputs, outputs = case.data_sets[0]
    arrays = {
        f"{name}/{kind}{index}": np.asarray(value)
        for kind, values in (("input", inputs), ("output", outputs))
        for index, value in enumerate(values)
    }
    if sum(array.nbytes for array in arrays.values()) > LARGEST:
        left_out.append(name)
        continue
    for key, array in arrays.items():
        tensors[key] = torch.tensor(array)
    attributes = {}
    for attribute in nodes[0].attribute:
        value = get_attribute_value(attribute)
        attributes[attribute.name] = (
            value.decode() if isinstance(value, bytes) else value
        )
    metadata[name] = {"operation": nodes[0].op_type, "attributes": attributes}

save(
    FOLDER / "onnx_cases.safetensors",
    tensors,
    {"cases": json.dumps(metadata), "left_out": json.dumps(left_out)},
)
