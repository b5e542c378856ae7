"""Writes pytorch_trained.pth and PyTorch's logits of it, in f32 and in f64.

Run it with PyTorch 1.13: python3 tests/golden/pytorch_trained.py

The weights are those that come with the library, of ten epochs: their logits go
up to 37, of which f32 itself holds no more than 2e-6, and sums much less.
"""

import json
import pathlib
import struct
import zlib
from collections import OrderedDict

import numpy
import torch

from generate import ConvolutionalNeuralNetwork, save

FOLDER = pathlib.Path(__file__).parent
SHIPPED = FOLDER / "../../examples/models/mnist-cnn.safetensors"
TYPES = {"F32": numpy.float32, "I64": numpy.int64}


def read_safetensors(path):
    content = path.read_bytes()
    start = 8 + struct.unpack("<Q", content[:8])[0]
    tensors = OrderedDict()
    for name, entry in json.loads(content[8:start]).items():
        if name == "__metadata__":
            continue
        begin, end = (start + offset for offset in entry["data_offsets"])
        values = numpy.frombuffer(content[begin:end], TYPES[entry["dtype"]])
        tensors[name] = torch.tensor(values).reshape(entry["shape"])
    return tensors


def read_gray_png(path):
    """An 8-bit grey PNG as rows of bytes."""
    content = path.read_bytes()
    packed, at = b"", 8
    while at < len(content):
        length, kind = struct.unpack(">I4s", content[at:at + 8])
        chunk = content[at + 8:at + 8 + length]
        if kind == b"IHDR":
            width, height = struct.unpack(">II", chunk[:8])
            assert tuple(chunk[8:]) == (8, 0, 0, 0, 0)
        if kind == b"IDAT":
            packed += chunk
        at += length + 12
    lines = numpy.frombuffer(zlib.decompress(packed), numpy.uint8)
    lines = lines.reshape(height, width + 1)
    above, rows = [0] * width, []
    for kind, *line in lines.tolist():
        row = []
        for x, value in enumerate(line):
            left, corner = (row[x - 1], above[x - 1]) if x else (0, 0)
            row.append(value + predicted(kind, left, above[x], corner) & 255)
        rows.append(row)
        above = row
    return numpy.array(rows, numpy.uint8)


def predicted(kind, left, above, corner):
    """What PNG's filter of that kind adds to a byte."""
    near = left + above - corner
    paeth = min((left, above, corner), key=lambda value: abs(near - value))
    return (0, left, above, (left + above) // 2, paeth)[kind]


def main():
    torch.set_num_threads(1)
    model = ConvolutionalNeuralNetwork()
    model.load_state_dict(read_safetensors(SHIPPED))
    torch.save(model.state_dict(), FOLDER / "pytorch_trained.pth")
    grid = read_gray_png(FOLDER / "mnist_test_100.png")
    images = grid.reshape(10, 28, 10, 28).swapaxes(1, 2).reshape(-1, 1, 28, 28)
    inputs = torch.tensor(images.astype(numpy.float32) / numpy.float32(255))
    model.eval()
    with torch.no_grad():
        logits = model(inputs)
        exact = model.double()(inputs.double())
    print("f32 from f64:", (logits.double() - exact).abs().max().item())
    save(
        FOLDER / "pytorch_trained.safetensors",
        {"logits": logits, "exact_logits": exact},
    )


main()
