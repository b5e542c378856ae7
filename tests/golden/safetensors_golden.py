"""Writes the safetensors files that tests/formats/safetensors_test.ts reads.

It follows the format's text by plain means, so that the files are no work of
the code under test: https://github.com/huggingface/safetensors#format
Run it with PyTorch installed: python3 tests/golden/safetensors_golden.py
"""

import json
import pathlib
import struct

import torch

FOLDER = pathlib.Path(__file__).parent
SIZES = {"F64": 8, "I64": 8, "U64": 8, "F32": 4, "I32": 4, "U32": 4}
SIZES |= {"F16": 2, "BF16": 2, "I16": 2, "U16": 2, "I8": 1, "U8": 1, "BOOL": 1}


def write(name, tensors, metadata):
    """Tensors are (name, dtype, shape, bytes); large elements come first."""
    offsets, data = {}, b""
    for key, dtype, _, content in sorted(tensors, key=lambda t: -SIZES[t[1]]):
        offsets[key] = [len(data), len(data) + len(content)]
        data += content
    header = {"__metadata__": metadata} if metadata else {}
    for key, dtype, shape, _ in tensors:
        header[key] = {
            "dtype": dtype,
            "shape": shape,
            "data_offsets": offsets[key],
        }
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False)
    encoded = text.encode()
    encoded += b" " * (-len(encoded) % 8)
    content = struct.pack("<Q", len(encoded)) + encoded + data
    (FOLDER / name).write_bytes(content)


def every_dtype():
    return [
        ("bool", "BOOL", [3], struct.pack("<3?", True, False, True)),
        ("weight", "F32", [2, 3], struct.pack("<6f", 0, 1, 2, 3, 4, -0.5)),
        ("num_batches_tracked", "I64", [], struct.pack("<q", -(2**63))),
        # A payload in a NaN, -0, the least subnormal, the greatest number.
        (
            "f32 bits",
            "F32",
            [4],
            struct.pack("<4I", 0x7FC12345, 1 << 31, 1, 0x7F7FFFFF),
        ),
        (
            "f64 bits",
            "F64",
            [2, 2],
            struct.pack("<4Q", 0xFFF8000000012345, 1 << 63, 1, 0x7FF << 52),
        ),
        ("u64", "U64", [1], struct.pack("<Q", 2**64 - 1)),
        ("i32", "I32", [2], struct.pack("<2i", -(2**31), 2**31 - 1)),
        ("u32", "U32", [1], struct.pack("<I", 2**32 - 1)),
        ("i16", "I16", [2], struct.pack("<2h", -(2**15), 2**15 - 1)),
        ("u16", "U16", [1], struct.pack("<H", 2**16 - 1)),
        ("i8", "I8", [2], struct.pack("<2b", -128, 127)),
        ("u8", "U8", [1, 1, 1], struct.pack("<B", 255)),
        ("empty", "F32", [0, 3], b""),
        ("1", "U8", [1], b"\x01"),
        ("0", "U8", [1], b"\x00"),
        ("__proto__", "U8", [1], b"\x02"),
        ('"é\\\n手😀', "U8", [1], b"\x03"),
    ]


def halves():
    """The same bits as the halves and, widened by PyTorch, as F32."""
    tensors = []
    for dtype, torch_dtype, patterns in [
        # 0, 1, -2, 1/3, greatest, least normal, subnormals, infinity, NaN.
        (
            "F16",
            torch.float16,
            [0, 0x3C00, 0xC000, 0x3555, 0x7BFF, 0x0400, 0x03FF, 1, 0x7C00,
             0x7E00],
        ),
        (
            "BF16",
            torch.bfloat16,
            [0, 0x3F80, 0xC000, 0x3EAB, 0x7F7F, 0x0080, 0x007F, 1, 0x7F80,
             0x7FC0],
        ),
    ]:
        patterns = patterns + [pattern | 0x8000 for pattern in patterns]
        content = struct.pack(f"<{len(patterns)}H", *patterns)
        half = torch.frombuffer(bytearray(content), dtype=torch_dtype)
        wide = half.float().numpy().astype("<f4").tobytes()
        tensors.append((dtype, dtype, [2, 10], content))
        tensors.append((f"{dtype} as F32", "F32", [2, 10], wide))
    return tensors


write(
    "safetensors_golden.safetensors",
    every_dtype(),
    {"format": "pt", "note": 'é "quoted"\n'},
)
write("safetensors_halves.safetensors", halves(), {})
