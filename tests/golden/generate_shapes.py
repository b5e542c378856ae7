"""Writes shapes.json: shape operations in PyTorch on small whole numbers.

    python3 tests/golden/generate_shapes.py && deno fmt tests/golden/shapes.json

Every operand counts from 1, operand after operand; the gradient of the output counts from 1 too.
"""

import json
from pathlib import Path

import torch
from torch.nn import functional

OPERATIONS = {
    "concat": lambda xs, dim=0: torch.cat(xs, dim),
    "expand": lambda x, sizes: x.expand(sizes),
    "flatten": lambda x, *dims: x.flatten(*dims),
    "gather": lambda x, dim, index: x.gather(dim, torch.tensor(index)),
    "indexSelect": lambda x, dim, index: x.index_select(dim, torch.tensor(index)),
    "pad": lambda x, *arguments: functional.pad(x, *arguments),
    "permute": lambda x, dims: x.permute(dims),
    "reshape": lambda x, shape: x.reshape(shape),
    "select": lambda x, dim, index: x.select(dim, index),
    "slice": lambda x, dim, start, end=None, step=1: x[
        (slice(None),) * (dim % x.dim()) + (slice(start, end, step),)],
    "squeeze": lambda x, *dims: x.squeeze(*dims),
    "stack": lambda xs, dim=0: torch.stack(xs, dim),
    "transpose": lambda x, dim0, dim1: x.transpose(dim0, dim1),
    "unsqueeze": lambda x, dim: x.unsqueeze(dim),
}

CASES = [
    ("concat", [[2, 3], [1, 3], [3, 3]], []),
    ("concat", [[2, 3], [2, 1]], [1]),
    ("concat", [[2, 1, 2], [2, 3, 2], [2, 2, 2]], [-2]),
    ("concat", [[3]], [0]),
    ("expand", [[3, 1]], [[3, 4]]),
    ("expand", [[2, 1, 3]], [[-1, 2, -1]]),
    ("expand", [[3]], [[2, 3]]),
    ("expand", [[1, 2]], [[2, 3, 4, 2]]),
    ("expand", [[1]], [[5]]),
    ("expand", [[2, 3]], [[2, 3]]),
    ("flatten", [[2, 3, 4]], []),
    ("flatten", [[2, 3, 4]], [1]),
    ("flatten", [[2, 3, 4, 5]], [1, 2]),
    ("flatten", [[2, 3, 4]], [-2, -1]),
    ("flatten", [[2, 3]], [1, 1]),
    ("gather", [[3, 4]], [1, [[2], [0], [3]]]),
    ("gather", [[2, 3]], [-1, [[2, 0, 2, 2], [1, 1, 0, 2]]]),
    ("gather", [[3, 2, 2]], [0, [[[2, 0], [1, 1]]]]),
    ("gather", [[2, 3, 3]], [1, [[[2, 0], [1, 1]]]]),
    ("gather", [[5]], [0, [4, 4, 1]]),
    ("indexSelect", [[4, 3]], [0, [3, 0, 3, 3, 1]]),
    ("indexSelect", [[2, 4, 3]], [1, [2, 2]]),
    ("indexSelect", [[2, 5]], [-1, [4, 0, 1]]),
    ("pad", [[2, 3]], [[1, 2]]),
    ("pad", [[2, 3]], [[1, 0, 2, 1], "constant", 7]),
    ("pad", [[3, 4, 5]], [[-1, -1]]),
    ("pad", [[3, 4]], [[-1, 2, 1, -2], "constant", -3]),
    ("pad", [[1, 2, 2, 3]], [[1, 1, 1, 1]]),
    ("pad", [[2]], [[0, 0]]),
    ("permute", [[2, 3, 4]], [[2, 0, 1]]),
    ("permute", [[2, 3, 4, 5]], [[0, 2, 3, 1]]),
    ("permute", [[2, 3, 4, 5]], [[-1, 1, 0, 2]]),
    ("permute", [[2, 3]], [[0, 1]]),
    ("permute", [[2, 1, 3, 1, 2]], [[4, 3, 2, 1, 0]]),
    ("reshape", [[2, 6]], [[3, -1]]),
    ("reshape", [[1, 1]], [[]]),
    ("select", [[2, 3, 4]], [0, 1]),
    ("select", [[2, 3, 4]], [1, -1]),
    ("select", [[2, 3]], [-1, 0]),
    ("select", [[4]], [0, 2]),
    ("slice", [[6]], [0, 1, 5]),
    ("slice", [[6]], [0, -4, -1]),
    ("slice", [[7]], [0, 1, None, 3]),
    ("slice", [[3, 8]], [1, 0, 7, 2]),
    ("slice", [[3, 5, 2]], [-2, -9, 99]),
    ("slice", [[5, 3]], [0, 4]),
    ("squeeze", [[1, 3, 1, 2]], []),
    ("squeeze", [[1, 3, 1, 2]], [2]),
    ("squeeze", [[1, 3, 1, 2]], [-1]),
    ("squeeze", [[1, 1]], []),
    ("stack", [[2, 3], [2, 3]], []),
    ("stack", [[2, 3], [2, 3], [2, 3]], [1]),
    ("stack", [[2, 3], [2, 3]], [-1]),
    ("transpose", [[2, 3]], [0, 1]),
    ("transpose", [[2, 3, 4]], [-1, 0]),
    ("transpose", [[2, 3, 4]], [1, 1]),
    ("unsqueeze", [[2, 3]], [0]),
    ("unsqueeze", [[2, 3]], [1]),
    ("unsqueeze", [[2, 3]], [-1]),
]


def numbers(tensor):
    return " ".join(str(int(value)) for value in tensor.flatten())


def case(operation, shapes, arguments):
    count = 1
    operands = []
    for shape in shapes:
        length = torch.Size(shape).numel()
        values = torch.arange(count, count + length, dtype=torch.float64)
        operands.append(values.reshape(shape).requires_grad_())
        count += length
    given = operands if operation in ("concat", "stack") else operands[0]
    output = OPERATIONS[operation](given, *arguments)
    output.backward(torch.arange(1, output.numel() + 1, dtype=torch.float64).reshape(output.shape))
    return {
        "operation": operation, "shapes": shapes, "arguments": arguments,
        "outputShape": list(output.shape), "output": numbers(output),
        "gradients": [numbers(operand.grad) for operand in operands],
    }


def main():
    text = "[\n" + ",\n".join(json.dumps(case(*one)) for one in CASES) + "\n]"
    (Path(__file__).parent / "shapes.json").write_text(text + "\n")


main()
