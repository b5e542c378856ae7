"""Writes small JPEGs by Pillow: `python3 tests/golden/generate_jpeg.py`."""

from pathlib import Path

import numpy
from PIL import Image

# Red to the right, green downwards, blue to both: 40 columns, 24 rows.
down, right = numpy.mgrid[0:24, 0:40]
colours = numpy.stack([6 * right, 10 * down, 2 * right + 5 * down], axis=2)
picture = Image.fromarray(colours.astype(numpy.uint8))
# Ink as printers store it: black alone is not used.
ink = picture.convert("CMYK")

folder = Path(__file__).parent
picture.save(folder / "progressive.jpg", quality=95, progressive=True, subsampling=0)
picture.save(folder / "few_colours.jpg", quality=95, subsampling=2)
picture.convert("L").save(folder / "grey.jpg", quality=95)
ink.save(folder / "ink.jpg", quality=95)
