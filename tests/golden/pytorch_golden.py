"""Writes the files of torch.save that tests/formats/pytorch_test.ts reads.

Run it with PyTorch 1.13: python3 tests/golden/pytorch_golden.py

pytorch_network.pth is what the notebook saves, trained a little, so that its
statistics are not the first ones; pytorch_network.onnx is that network;
pytorch_network.safetensors has images and the logits that PyTorch computes of them with it.
"""

import json
import pathlib
from collections import OrderedDict

import torch
from torch import nn

from generate import digits, save, seeded_network

FOLDER = pathlib.Path(__file__).parent


def network():
    generator = torch.Generator().manual_seed(11)
    model = seeded_network(3)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(5):
        labels = torch.randint(0, 10, (32,), generator=generator)
        images = digits(generator, labels, noise=32)
        loss = nn.functional.cross_entropy(model(images / 255), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    torch.save(model.state_dict(), FOLDER / "pytorch_network.pth")
    torch.onnx.export(
        model.eval(),
        torch.zeros(1, 1, 28, 28),
        FOLDER / "pytorch_network.onnx",
        opset_version=13,
        do_constant_folding=False,
        training=torch.onnx.TrainingMode.PRESERVE,
        input_names=["input"],
        output_names=["output"],
        dynamic_axes={"input": {0: "batch"}},
    )
    labels = torch.arange(8)
    images = digits(generator, labels, noise=32)
    with torch.no_grad():
        logits = model.eval()(images / 255)
    save(
        FOLDER / "pytorch_network.safetensors",
        {"images": images, "logits": logits},
    )


def sequential():
    """Layers by numbers, not trained: of equal tensors torch.onnx.export writes one."""
    torch.manual_seed(4)
    model = nn.Sequential(
        nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.AvgPool2d(2, ceil_mode=True),
        nn.Sequential(nn.Conv2d(2, 2, 1), nn.BatchNorm2d(2)))
    torch.save(model.state_dict(), FOLDER / "pytorch_sequential.pth")
    torch.onnx.export(
        model.eval(),
        torch.zeros(1, 1, 5, 5),
        FOLDER / "pytorch_sequential.onnx",
        opset_version=13,
        do_constant_folding=False,
        training=torch.onnx.TrainingMode.PRESERVE,
    )


def views():
    """Every element type and every way to lie in a storage."""
    storage = torch.arange(24, dtype=torch.float32) / 8
    matrix = storage.reshape(2, 3, 4)
    edges = [0.0, -0.0, 1.0, -2.5, float("inf"), float("nan")]
    return OrderedDict(
        f64=torch.tensor(edges, dtype=torch.float64),
        f32=torch.tensor(edges),
        f16=torch.tensor(edges, dtype=torch.float16),
        bf16=torch.tensor(edges, dtype=torch.bfloat16),
        i64=torch.tensor([-(2**63), 2**63 - 1]),
        i32=torch.tensor([-(2**31), 2**31 - 1], dtype=torch.int32),
        i16=torch.tensor([-(2**15)], dtype=torch.int16),
        i8=torch.tensor([-128, 127], dtype=torch.int8),
        u8=torch.tensor([0, 255], dtype=torch.uint8),
        bool=torch.tensor([True, False]),
        scalar=torch.tensor(7),
        empty=torch.zeros(0, 3),
        whole=matrix,
        transposed=matrix.permute(2, 0, 1),
        part=matrix[1, 1:, ::2],
        half_transposed=torch.arange(6.0).half().reshape(2, 3).t(),
        parameter=nn.Parameter(torch.tensor([1.5])),
    )


def checkpoint():
    model = nn.Linear(2, 1)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    model(torch.ones(1, 2)).sum().backward()
    optimizer.step()
    with torch.no_grad():
        model.weight.copy_(torch.tensor([[1.0, 2.0]]))
        model.bias.fill_(3.0)
    return {
        "epoch": 3,
        "loss": 0.25,
        "note": "with ü",
        "best": None,
        "done": True,
        "large": 2**70,
        "shape": torch.Size([2, 1]),
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
    }


def beside():
    """What torch.load(path, weights_only=True) reads beside weights."""
    return {
        "state": OrderedDict(bias=torch.tensor([1.5, -2.0])),
        "dtype": torch.float32,
        "complex": torch.zeros(3, dtype=torch.complex64),
        "sparse": torch.eye(2).to_sparse(),
        ("a", 1): torch.ones(1),
        "expanded": torch.tensor([2.5]).expand(4),
        "size": torch.Size([1, 2]),
    }


class Evil:
    """What a file must not be able to do."""

    def __reduce__(self):
        return (eval, ("print('executed')",))


torch.set_num_threads(1)
network()
tensors = views()
torch.save(tensors, FOLDER / "pytorch_views.pth")
rows = {name: tensor.contiguous() for name, tensor in tensors.items()}
bits = {
    name: {
        "shape": list(tensor.shape),
        "values": [str(value) for value in tensor.flatten().tolist()],
    }
    for name, tensor in rows.items()
}
(FOLDER / "pytorch_views.json").write_text(json.dumps(bits, indent=1) + "\n")
torch.save(checkpoint(), FOLDER / "pytorch_checkpoint.pth")
torch.save({"a": Evil()}, FOLDER / "pytorch_evil.pth")
torch.save(nn.Linear(1, 1), FOLDER / "pytorch_module.pth")
torch.save({"a": torch.zeros(1).expand(1000)}, FOLDER / "pytorch_expanded.pth")
torch.save(beside(), FOLDER / "pytorch_beside.pth")
two = {key: nn.Linear(2, 1).state_dict() for key in ("model", "model_ema")}
torch.save(two, FOLDER / "pytorch_two.pth")
torch.save(
    tensors | {"complex": torch.zeros(3, dtype=torch.complex64)},
    FOLDER / "pytorch_legacy.pth",
    _use_new_zipfile_serialization=False,
)
# A set is plain Python; torch 1.13 reads none with weights_only.
torch.save({"a": torch.ones(1), "set": {1, 2}}, FOLDER / "pytorch_set.pth")
sequential()
