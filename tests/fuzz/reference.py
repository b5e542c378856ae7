"""Reads files as NumPy, PyTorch, ONNX and Pillow do, for differential.ts.

Takes lines of JSON by standard input, {"format": "npz", "path": "..."}, and
answers each by a line. The first line that it prints names the modules.
"""

import base64
import csv
import gzip
import importlib.util
import io
import json
import math
import os
import pickle
import resource
import signal
import sys

MODULES = {"csv": "csv", "numpy": "numpy", "onnx": "onnx", "pillow": "PIL", "torch": "torch"}

# What a file may take, in seconds of a processor: a damaged one may ask for any
# memory, or never end.
MOST_BYTES = 6 * 2**30
SECONDS = 20


def encoded(array):
    """Type, shape and little-endian bytes of an array of NumPy; halves widen."""
    import numpy

    if array.dtype.kind == "f" and array.dtype.itemsize == 2:
        array = array.astype(numpy.float32)
    kind = {"b": "BOOL", "i": "I", "u": "U", "f": "F"}[array.dtype.kind]
    dtype = kind if kind == "BOOL" else f"{kind}{8 * array.dtype.itemsize}"
    little = array.astype(array.dtype.newbyteorder("<"))
    data = base64.b64encode(little.tobytes()).decode()
    return {"dtype": dtype, "shape": list(array.shape), "data": data}


def npz(path):
    import numpy

    tensors, others = {}, {}
    with numpy.load(path, allow_pickle=False) as archive:
        for name in archive.zip.namelist():
            if not name.endswith(".npy"):
                continue
            with archive.zip.open(name) as member:
                dtype = dtype_of(member)
            # Of elements that are no numbers the library tells the type alone.
            if dtype.kind not in "biuf":
                others[name[:-4]] = None
                continue
            with archive.zip.open(name) as member:
                array = numpy.lib.format.read_array(member, allow_pickle=False)
            tensors[name[:-4]] = encoded(array)
    return {"tensors": tensors, "others": others}


def dtype_of(member):
    from numpy.lib import format

    version = format.read_magic(member)
    if version not in ((1, 0), (2, 0), (3, 0)):
        raise ValueError(f"version {version}")
    read = format.read_array_header_1_0 if version == (1, 0) else read_later
    return read(member)[2]


def read_later(member):
    from numpy.lib import format

    # Version 3 is version 2 with names in UTF-8, which no number has.
    return format.read_array_header_2_0(member)


ALLOWED = {
    "__builtin__": {"bytearray", "complex", "set"},
    "builtins": {"bytearray", "complex", "set"},
    "_codecs": {"encode"},
    "collections": {"Counter", "OrderedDict"},
    "torch._tensor": {"_rebuild_from_type_v2"},
    "torch.nn.parameter": {"Parameter"},
    "torch.serialization": {"_get_layout"},
    "torch.storage": {"UntypedStorage", "TypedStorage"},
}


READ = {"_rebuild_tensor", "_rebuild_tensor_v2"}


class Unread:
    """A tensor that the library names and does not read: a sparse one."""

    def __init__(self, *_):
        pass


class Unpickler(pickle.Unpickler):
    """Python's own, which a damaged file cannot make call what it likes."""

    def find_class(self, module, name):
        import torch

        if module == "torch._utils" and name.startswith("_rebuild_"):
            is_read = name in READ or name.startswith("_rebuild_parameter")
            return super().find_class(module, name) if is_read else Unread
        if module == "torch" and isinstance(
            getattr(torch, name, None), (type, torch.dtype, torch.qscheme)
        ):
            return super().find_class(module, name)
        if name in ALLOWED.get(module, ()):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"not allowed: {module}.{name}")


class RestrictedPickle:
    """Python's module, as far as torch.load uses it."""

    Unpickler = Unpickler

    @staticmethod
    def load(file, **arguments):
        return Unpickler(file, **arguments).load()


def pth(path):
    import torch

    # PyTorch 1.13 passes over an argument pickle_module, and takes this one.
    torch.serialization.pickle = RestrictedPickle
    value = torch.load(path, map_location="cpu", pickle_module=RestrictedPickle)
    if not isinstance(value, dict):
        raise ValueError("no dictionary")
    tensors, others = {}, {}

    def visit(value, names):
        if isinstance(value, dict):
            for key, item in value.items():
                is_number = isinstance(key, (int, float)) and not isinstance(key, bool)
                if isinstance(key, str) or (is_number and abs(key) < 2**53):
                    visit(item, [*names, str(key)])
        elif isinstance(value, (list, tuple)):
            for index, item in enumerate(value):
                visit(item, [*names, str(index)])
        elif is_plain_tensor(value):
            own = value.detach().resolve_conj().resolve_neg().contiguous()
            half = own.dtype in (torch.float16, torch.bfloat16)
            array = (own.float() if half else own).numpy()
            tensors[".".join(names)] = encoded(array)
        else:
            others[".".join(names)] = plain(value)

    visit(value, [])
    return {"tensors": tensors, "others": others}


def is_plain_tensor(value):
    import torch

    return (
        isinstance(value, torch.Tensor)
        and value.layout == torch.strided
        and not value.is_quantized
        and not value.is_complex()
        and value.device.type == "cpu"
    )


def plain(value):
    """A value beside the tensors as text; None for one that has no text here."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, str)):
        return str(value)
    return {"float": value} if is_finite(value) else None


def is_finite(value):
    return isinstance(value, float) and math.isfinite(value)


def onnx(path):
    from onnx import load_model, numpy_helper

    model = load_model(path, load_external_data=False)
    tensors = {}
    for tensor in model.graph.initializer:
        array = numpy_helper.to_array(tensor)
        if array.dtype.kind == "f":
            tensors[tensor.name] = encoded(array)
    others = {entry.key: entry.value for entry in model.metadata_props}
    return {"tensors": tensors, "others": others}


def picture(path, kind):
    from PIL import Image, ImageOps

    with Image.open(path, formats=[kind]) as image:
        sampling = [layer[1:3] for layer in getattr(image, "layer", [])]
        image.load()
        mode = image.mode
        image = ImageOps.exif_transpose(image)
        is_wide = mode.startswith("I")
        data = image.convert("I" if is_wide else "RGBA").tobytes()
    return {
        "size": list(image.size),
        "mode": mode,
        "sampling": sampling,
        "bits": 32 if is_wide else 8,
        "data": base64.b64encode(data).decode(),
    }


def table(path):
    with open(path, "rb") as file:
        content = file.read()
    if content[:2] == b"\x1f\x8b":
        content = gzip.GzipFile(fileobj=io.BytesIO(content)).read()
    text = content.decode("utf-8-sig", "replace")
    rows = []
    for line in text.split("\n"):
        line = line.rstrip("\r").replace(";", ",").replace("\t", ",")
        if line:
            [fields] = csv.reader([line], strict=True)
            rows.append([number(field.strip()) for field in fields])
    if rows and None in rows[0]:
        rows = rows[1:]
    return {"rows": rows}


def number(field):
    try:
        value = float(field)
    except ValueError:
        return None
    return value if abs(value) < 2**53 else None


READERS = {
    "npz": (npz, "numpy"),
    "pth": (pth, "torch"),
    "legacy pth": (pth, "torch"),
    "onnx": (onnx, "onnx"),
    "csv": (table, "csv"),
    "csv.gz": (table, "csv"),
    "png": (lambda path: picture(path, "PNG"), "PIL.ImageOps"),
    "jpeg": (lambda path: picture(path, "JPEG"), "PIL.ImageOps"),
    "bmp": (lambda path: picture(path, "BMP"), "PIL.ImageOps"),
    "pgm": (lambda path: picture(path, "PPM"), "PIL.ImageOps"),
    "gif": (lambda path: picture(path, "GIF"), "PIL.ImageOps"),
    "webp": (lambda path: picture(path, "WEBP"), "PIL.ImageOps"),
}


def too_long(*_):
    raise TimeoutError(f"more than {SECONDS} s")


def main():
    # What libraries print is no answer.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    found = [name for name, module in MODULES.items() if importlib.util.find_spec(module)]
    print(json.dumps(found), file=answers, flush=True)
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    signal.signal(signal.SIGPROF, too_long)
    for line in sys.stdin:
        request = json.loads(line)
        path = request["path"]
        read, module = READERS[request["format"]]
        # What is interrupted here would stay half loaded.
        importlib.import_module(module)
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        try:
            answer = {"content": read(path)}
        except Exception as error:
            message = str(error).replace(path, "the file")
            answer = {"refusal": f"{type(error).__name__}: {message}"}
        signal.setitimer(signal.ITIMER_PROF, 0)
        print(json.dumps(answer), file=answers, flush=True)


main()
