"""What PyTorch prints of tensors: print(tensor) with its default options."""

import base64

import torch

# Expressions of f32, i32 and u8 tensors, the library's element types.
TENSORS = """
torch.tensor(1.5)
torch.tensor(3.0)
torch.tensor(-2, dtype=torch.int32)
torch.tensor([1.0, 2.0, -3.0])
torch.tensor([1.0, 2.5, -3.125])
torch.tensor([0.0, -0.0])
torch.tensor([0.5, -0.0, 0.0])
torch.tensor([1e-12, -0.0, 3.0])
torch.tensor([float('nan'), float('inf'), float('-inf')])
torch.tensor([1.0, float('nan'), float('inf'), float('-inf')])
torch.tensor([0.25, float('nan'), float('inf'), float('-inf')])
torch.tensor([1e-6, 1.0, float('nan'), float('-inf')])
torch.tensor([0.03125, 0.09375, -0.15625, 0.21875])
torch.tensor([100005.0, 100015.0, 1.0])
torch.tensor([999.99995, 0.99995, 9.99995])
torch.tensor([0.0001, 0.05])
torch.tensor([0.00009, 0.05])
torch.tensor([1.0, 1000.0])
torch.tensor([1.0, 1001.0])
torch.tensor([0.5, 500.0])
torch.tensor([0.5, 501.0])
torch.tensor([1e8])
torch.tensor([1.00000008e8])
torch.tensor([3.4028234e38, -1.1754944e-38, 1e-45])
torch.tensor([123456.789, 4321.5])
torch.tensor([[1.0, 2.5], [-3.0, 4.0]])
torch.tensor([[1.0, 2.0]], requires_grad=True)
torch.tensor([[1.0, -200.5]], requires_grad=True)
torch.arange(24.0).reshape(2, 3, 4) / 7
torch.arange(16.0).reshape(2, 2, 2, 2)
torch.arange(8.0).reshape(1, 2, 1, 2, 2) - 3.5
torch.arange(40.0)
torch.arange(40.0) / 8
torch.arange(60, dtype=torch.int32)
torch.arange(17, dtype=torch.int32)
torch.arange(18, dtype=torch.int32) - 9
torch.arange(255, 235, -1).to(torch.uint8)
torch.arange(12).reshape(3, 4).to(torch.uint8)
torch.tensor([[-2147483648, 7], [2147483647, 0]], dtype=torch.int32)
torch.tensor([[0.1] * 13], requires_grad=True)
torch.tensor([0.1] * 6, requires_grad=True)
torch.tensor([0.1] * 7, requires_grad=True)
torch.arange(1000, dtype=torch.int32).reshape(10, 100)
torch.arange(1001.0)
torch.arange(1001.0) / 1001
(torch.arange(1200) % 251).to(torch.uint8).reshape(2, 1, 20, 30)
(torch.arange(1400) % 251).to(torch.uint8).reshape(7, 5, 8, 5)
(torch.arange(1008) % 250).to(torch.uint8).reshape(126, 4, 2)
torch.cat([torch.ones(600), torch.full((600,), 1e-7)]).reshape(8, 150)
torch.where(torch.arange(1024) == 500, torch.tensor(1e9), torch.tensor(0.5)).reshape(32, 32)
""".strip().split("\n")

DTYPES = {torch.float32: "f32", torch.int32: "i32", torch.uint8: "u8"}


def tensor_text():
    """Returns what tensor_text.json holds: a case for each expression."""
    return {source: case(eval(source, {"torch": torch})) for source in TENSORS}


def case(tensor):
    return {
        "dtype": DTYPES[tensor.dtype],
        "shape": list(tensor.shape),
        "bytes": base64.b64encode(tensor.detach().numpy().tobytes()).decode(),
        "text": str(tensor),
    }
