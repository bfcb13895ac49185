"""A teacher that learned nothing: random weights in musicnn's shapes, written as TensorFlow writes them."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from engine.teacher.tensor_bundle import FOOTER, MAGIC

FRONT = ((7, 38, 204), (7, 67, 204), (128, 1, 51), (64, 1, 51), (32, 1, 51))  # frames, bands, channels
MIDDLE = 64  # channels
DTYPES = {"float32": 1, "int32": 3, "float16": 19}


def random_weights(seed: int = 0) -> dict[str, np.ndarray]:
    """All tensors of one network; a third of the norms turn their channel upside down."""
    rng = np.random.default_rng(seed)
    front = sum(channels for *_, channels in FRONT)
    kernels = [(frames, bands, 1, channels) for frames, bands, channels in FRONT]
    kernels += [(7, inputs, 1, MIDDLE) for inputs in (front, MIDDLE, MIDDLE)]
    pooled = 2 * (front + 3 * MIDDLE)
    weights = {}
    for i, shape in enumerate([*kernels, (pooled, 200), (200, 50)]):
        name = ["dense", "dense_1"][i - len(kernels)] if i >= len(kernels) else f"conv2d_{i}" if i else "conv2d"
        weights[f"{name}/kernel"] = rng.normal(size=shape) / np.sqrt(np.prod(shape[:-1]))
        weights[f"{name}/bias"] = 0.1 * rng.normal(size=shape[-1])
    for i, size in enumerate([1, *(shape[-1] for shape in kernels), pooled, 200]):
        name = f"batch_normalization_{i}" if i else "batch_normalization"
        weights[f"{name}/gamma"] = rng.uniform(-0.5, 1, size)
        weights[f"{name}/beta"] = 0.1 * rng.normal(size=size)
        weights[f"{name}/moving_mean"] = 0.1 * rng.normal(size=size)
        weights[f"{name}/moving_variance"] = rng.uniform(0.5, 2, size)
    return {name: value.astype(np.float32) for name, value in weights.items()}


def write_wheel(path: Path, seed: int = 0) -> Path:
    """Both networks with random weights, where musicnn's wheel has them."""
    with zipfile.ZipFile(path, "w") as wheel:
        for i, name in enumerate(("MTT", "MSD")):
            index, data = bundle(random_weights(seed + i))
            wheel.writestr(f"musicnn/{name}_musicnn/.index", index)
            wheel.writestr(f"musicnn/{name}_musicnn/.data-00000-of-00001", data)
    return path


def bundle(tensors: dict[str, np.ndarray], shards: int = 1, compression: int = 0) -> tuple[bytes, bytes]:
    """A checkpoint's `.index`, in blocks of at most five tensors, and its `.data`."""
    data = b""
    entries = [(b"", _field(1, shards) + _field(3, _field(1, 1)))]
    for name, values in sorted(tensors.items()):
        raw = values.tobytes()
        shape = b"".join(_field(2, _field(1, size)) for size in values.shape)
        place = (_field(4, len(data)) if data else b"") + _field(5, len(raw))
        checksum = bytes([6 << 3 | 5, 0, 0, 0, 0])
        entries.append((name.encode(), _field(1, DTYPES[values.dtype.name]) + _field(2, shape) + place + checksum))
        data += raw
    index, handles = b"", []
    for block in (entries[i : i + 5] for i in range(0, len(entries), 5)):
        written = _block(block)
        handles.append((block[-1][0], _varint(len(index)) + _varint(len(written))))
        index += written + bytes([compression, 0, 0, 0, 0])
    footer = b""
    for block in ([], handles):
        written = _block(block)
        footer += _varint(len(index)) + _varint(len(written))
        index += written + bytes(5)
    return index + footer.ljust(FOOTER - 8, b"\0") + MAGIC.to_bytes(8, "little"), data


def _block(entries: list[tuple[bytes, bytes]]) -> bytes:
    return b"".join(_shortened(entries)) + bytes(4) + (1).to_bytes(4, "little")


def _shortened(entries: list[tuple[bytes, bytes]]) -> Iterator[bytes]:
    before = b""
    for key, value in entries:
        shared = next((i for i in range(len(key)) if key[: i + 1] != before[: i + 1]), len(key))
        yield _varint(shared) + _varint(len(key) - shared) + _varint(len(value)) + key[shared:] + value
        before = key


def _field(number: int, value: int | bytes) -> bytes:
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    return _varint(number << 3 | 2) + _varint(len(value)) + value


def _varint(number: int) -> bytes:
    low = number & 127
    return bytes([low | 128]) + _varint(number >> 7) if number > 127 else bytes([low])
