"""Trains the network that tells digits from letters, and writes it as TypeScript.

    python3 tests/digits/train_gate.py MNIST_FOLDER FONT_FOLDER OUTPUT.ts

Digits are MNIST's 60,000 training images and those of the fonts; what is none
are the fonts' letters and signs. The shipped weights were trained with the
Debian packages fonts-dejavu, -comic-neue, -dancingscript, -ecolier-court,
-bwht, -rufscript, -isabella, -tuffy and -sil-andika. The tests' letters are of
other fonts.
"""

import base64
import glob
import random
import sys
import textwrap

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from PIL import Image, ImageDraw, ImageFilter, ImageFont

LETTERS = "ACEFHJKLMNPRTUVWXYadefhkmnprtuvwxcyj" + "#@&%+*=$<?"
DIGITS = "0123456789"
STEPS = 5000

random.seed(1)
np.random.seed(0)
torch.manual_seed(0)


def placed(canvas):
    """A glyph as the library places a digit: 20 pixels, its mass in the middle."""
    ys, xs = np.where(canvas > 96)
    if len(ys) < 15:
        return None
    cut = canvas[ys.min():ys.max() + 1, xs.min():xs.max() + 1] / np.float32(255)
    padded = np.pad(cut, 1)
    across = padded[:-1, 1:] - padded[:-1, :-1]
    down = padded[1:, :-1] - padded[:-1, :-1]
    missing = max(cut.shape) / 10 - 2 * cut.sum() / np.hypot(across, down).sum()
    reach = round(missing / 2) if missing > 1 else 0
    image = Image.fromarray((np.pad(cut, reach) * 255).astype("uint8"))
    if reach > 0:
        image = image.filter(ImageFilter.MaxFilter(2 * reach + 1))
    longer = max(image.size)
    width, height = (max(1, round(size * 20 / longer)) for size in image.size)
    small = np.asarray(image.resize((width, height), Image.BILINEAR), np.float32)
    mass = small.sum()
    left = int(14.5 - (small.sum(0) * np.arange(width)).sum() / mass)
    top = int(14.5 - (small.sum(1) * np.arange(height)).sum() / mass)
    result = np.zeros((48, 48), np.float32)
    result[10 + top:10 + top + height, 10 + left:10 + left + width] = small
    return result[10:38, 10:38] / 255


def glyph(character, font):
    side = 200
    image = Image.new("L", (side, side))
    draw = ImageDraw.Draw(image)
    x0, y0, x1, y1 = draw.textbbox((0, 0), character, font=font)
    if x1 - x0 < 2 or y1 - y0 < 8:
        return None
    place = ((side - x0 - x1) / 2, (side - y0 - y1) / 2)
    draw.text(place, character, font=font, fill=255)
    angle = np.deg2rad(random.gauss(0, 7))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    stretch = np.exp(random.gauss(0, 0.12))
    matrix = turn @ np.array([[1 / stretch, random.gauss(0, 0.15)], [0, 1]])
    offset = side / 2 - matrix @ np.array([side / 2, side / 2])
    rows = (*matrix[0], offset[0], *matrix[1], offset[1])
    image = image.transform((side, side), Image.AFFINE, rows, Image.BILINEAR)
    return placed(np.asarray(image, np.float32))


def glyphs(paths, characters, count):
    sizes = (56, 72, 96)
    fonts = [ImageFont.truetype(path, size) for path in paths for size in sizes]
    found = []
    while len(found) < count:
        image = glyph(random.choice(characters), random.choice(fonts))
        if image is not None:
            found.append(image)
    return torch.tensor(np.stack(found)).reshape(-1, 1, 28, 28)


def warped(x):
    """Turned, sheared, stretched, bent, and drawn by other pens."""
    n = len(x)
    angle, shear = torch.randn(n) * 0.22, torch.randn(n) * 0.12
    wide, high = torch.exp(torch.randn(2, n) * 0.06)
    cos, sin = torch.cos(angle), torch.sin(angle)
    rows = [
        torch.stack([cos * wide, cos * shear - sin * high, torch.randn(n) * 0.04], 1),
        torch.stack([sin * wide, sin * shear + cos * high, torch.randn(n) * 0.04], 1),
    ]
    grid = F.affine_grid(torch.stack(rows, 1), x.shape, align_corners=False)
    bend = F.interpolate(
        torch.randn(n, 2, 5, 5) * 0.05, size=28, mode="bicubic", align_corners=False
    )
    y = F.grid_sample(x, grid + bend.permute(0, 2, 3, 1), align_corners=False)
    y = y.clamp(0, 1)
    kind, half = int(torch.randint(6, (1,))), n // 2
    if kind == 0:
        options = {"mode": "bilinear", "align_corners": False}
        coarse = F.interpolate(y[:half], size=15, antialias=True, **options)
        y = torch.cat([F.interpolate(coarse, size=28, **options), y[half:]])
    elif kind == 1:
        y = (F.max_pool2d(y, 3, 1, 1) + y) / 2
    elif kind == 2:
        y = F.avg_pool2d(y, 3, 1, 1)
    elif kind == 3:
        y = y - (F.max_pool2d(-y, 3, 1, 1) + y).clamp(0, 1) / 2
    most = y.amax((1, 2, 3), keepdim=True).clamp_min(0.2)
    return (y / most * (1 + 0.3 * torch.rand(n, 1, 1, 1))).clamp(0, 1)


def some(images, count):
    return images[torch.randint(len(images), (count,))]


def packed(name, tensor):
    values = tensor.detach().numpy()
    scale = np.float32(np.abs(values).max() / 127)
    data = np.clip(np.round(values / scale), -127, 127).astype(np.int8).tobytes()
    lines = textwrap.wrap(base64.b64encode(data).decode(), 76)
    text = "".join(f'      "{line}",\n' for line in lines)
    return (
        f'  "{name}": {{\n    shape: {list(values.shape)},\n    scale: {scale},\n'
        f'    bytes: [\n{text}    ].join(""),\n  }},\n'
    )


mnist, folder, output = sys.argv[1:]
paths = sorted(glob.glob(f"{folder}/**/*.[to]tf", recursive=True))
letters, printed = glyphs(paths, LETTERS, 26_000), glyphs(paths, DIGITS, 8000)
pixels = np.fromfile(f"{mnist}/train-images-idx3-ubyte", np.uint8, offset=16)
written = torch.tensor(pixels.reshape(-1, 1, 28, 28) / np.float32(255))

gate = nn.Sequential(
    nn.Conv2d(1, 12, 5, stride=2, padding=2), nn.ReLU(),
    nn.Conv2d(12, 24, 5, stride=2, padding=2), nn.ReLU(),
    nn.Flatten(), nn.Linear(24 * 49, 1),
)
optimizer = torch.optim.Adam(gate.parameters())
schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 6e-3, STEPS)
targets = torch.cat([torch.ones(100, 1), torch.zeros(100, 1)])
for step in range(STEPS):
    x = torch.cat([some(written, 75), some(printed, 25), some(letters, 100)])
    loss = F.binary_cross_entropy_with_logits(gate(warped(x)), targets)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    schedule.step()
    if step % 200 == 199:
        print(step + 1, loss.item())

with open(output) as file:
    head = file.read().split("= {\n")[0]
with open(output, "w") as file:
    body = "".join(packed(*each) for each in gate.state_dict().items())
    file.write(f"{head}= {{\n{body}}};\n")
