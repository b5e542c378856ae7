"""Writes the archives that tests/formats/npz_test.ts reads.

Run it with numpy: python3 tests/golden/npz_golden.py
"""

import io
import pathlib
import struct
import zipfile

import numpy as np

FOLDER = pathlib.Path(__file__).parent
TYPES = ["f8", "f4", "f2", "i8", "i4", "i2", "i1", "u8", "u4", "u2", "u1"]

arrays = {name: np.array([0, 1, 2], dtype=name) for name in TYPES}
arrays["bool"] = np.array([True, False])
arrays["scalar"] = np.array(7, dtype="i8")
arrays["empty"] = np.zeros((0, 3), dtype="f4")
arrays["matrix"] = np.arange(24, dtype="f4").reshape(2, 3, 4)
arrays["fortran"] = np.asfortranarray(arrays["matrix"])
np.savez(FOLDER / "npz_plain.npz", **arrays)
np.savez_compressed(
    FOLDER / "npz_packed.npz",
    big=np.zeros((512, 512), dtype="f4"),
    **arrays,
)
np.savez(FOLDER / "npz_objects.npz", a=np.array([{}], dtype=object))
np.savez(
    FOLDER / "npz_beside.npz",
    a=np.array([1, -2], dtype=">f4"),
    b=np.array([[1, 2], [3, 4]], dtype=">i2"),
    names=np.array(["zero", "one"]),
    when=np.array(["2020-01-01"], dtype="datetime64[D]"),
    complex=np.array([1j]),
)
np.savez_compressed(
    FOLDER / "npz_zeros.npz", a=np.zeros(17 * 2**20, dtype="f4")
)


def write_headers():
    """The same array under headers that other writers of the format make."""
    headers = [
        "{'shape': (2,), 'fortran_order': False, 'descr': '<f4'}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2L,), }",
        '{"descr":"<f4","fortran_order":False,"shape":(2,)}',
    ]
    with zipfile.ZipFile(FOLDER / "npz_headers.npz", "w") as archive:
        for index, text in enumerate(headers):
            header = text.ljust(118 - 1).encode() + b"\n"
            content = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header))
            content += header + struct.pack("<2f", 1, -2)
            archive.writestr(f"{index}.npy", content)
            np.load(io.BytesIO(content))
        archive.writestr("README.txt", "beside the arrays")


write_headers()
