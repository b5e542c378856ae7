"""Writes the archives that tests/formats/npz_test.ts reads.

Run it with numpy: python3 tests/golden/npz_golden.py
"""

import pathlib

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
np.savez(FOLDER / "npz_big_endian.npz", a=np.array([1], dtype=">f4"))
