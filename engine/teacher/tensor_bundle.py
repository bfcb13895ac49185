"""A TensorFlow V2 checkpoint, read with NumPy alone: the format is a small sorted table and one file of raw numbers.

The `.index` file is a LevelDB table (tensorflow/core/lib/io/format.cc) from tensor names to protocol buffers
(tensorflow/core/protobuf/tensor_bundle.proto) that say where in the `.data` file a tensor lies.
"""

from collections.abc import Iterator

import numpy as np

from engine.teacher import TeacherError

MAGIC = 0xDB4775248B80FB57  # the last eight bytes of every such table
FOOTER = 48  # bytes: where the list of blocks lies, filled up with zeros, and the magic number
_DTYPES = {1: np.float32, 2: np.float64, 3: np.int32, 9: np.int64, 10: np.bool_}  # the rest is left out


def read_bundle(index: bytes, data: bytes) -> dict[str, np.ndarray]:
    """The tensors of a checkpoint by name, from the bytes of its `.index` and its only `.data` file.

    Tensors of other kinds than float32, float64, int32, int64 and bool are left out. Raises TeacherError.
    """
    if int.from_bytes(index[-8:], "little") != MAGIC:
        raise TeacherError("is no TensorFlow V2 checkpoint")
    tensors: dict[str, np.ndarray] = {}
    try:
        for name, entry in _table(index):
            fields = _message(entry)
            if not name:
                _check_header(fields)
            elif (dtype := _DTYPES.get(_number(fields, 1))) is not None:
                offset, size = _number(fields, 4), _number(fields, 5)
                tensors[name.decode()] = np.frombuffer(data[offset : offset + size], dtype).reshape(_shape(fields))
    except (IndexError, KeyError, ValueError) as error:
        raise TeacherError("is a damaged TensorFlow checkpoint") from error
    return tensors


def _table(index: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Keys and values of the whole table: its footer names the block that lists all other blocks."""
    footer, at = index[-FOOTER:], 0
    handle = []
    for _ in range(4):  # offset and size of a block without use here, then of the list of blocks
        number, at = _varint(footer, at)
        handle.append(number)
    for _, block in _block(index, *handle[2:]):
        offset, at = _varint(block, 0)
        size, _ = _varint(block, at)
        yield from _block(index, offset, size)


def _block(index: bytes, offset: int, size: int) -> Iterator[tuple[bytes, bytes]]:
    """Keys and values of a block; a key leaves out what it has in common with the one before it."""
    if index[offset + size] != 0:
        raise TeacherError("is a compressed TensorFlow checkpoint, which cannot be read")
    block = index[offset : offset + size]
    restarts = int.from_bytes(block[-4:], "little")  # entry points for binary search, which nobody does here
    end, at, key = size - 4 - 4 * restarts, 0, b""
    while at < end:
        shared, at = _varint(block, at)
        unshared, at = _varint(block, at)
        length, at = _varint(block, at)
        key = key[:shared] + block[at : at + unshared]
        at += unshared
        yield key, block[at : at + length]
        at += length


def _message(message: bytes) -> dict[int, list[int | bytes]]:
    """A protocol buffer's fields by number: whole numbers or bytes, repeated ones in order."""
    fields: dict[int, list[int | bytes]] = {}
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        value: int | bytes
        if tag & 7 == 0:
            value, at = _varint(message, at)
        else:
            if tag & 7 == 2:
                length, at = _varint(message, at)
            else:
                length = {1: 8, 5: 4}[tag & 7]
            value = message[at : at + length]
            at += length
        fields.setdefault(tag >> 3, []).append(value)
    return fields


def _varint(message: bytes, at: int) -> tuple[int, int]:
    """A number of seven bits a byte, lowest first, and the place behind it."""
    number = shift = 0
    while message[at] > 127:
        number |= (message[at] & 127) << shift
        at, shift = at + 1, shift + 7
    return number | message[at] << shift, at + 1


def _number(fields: dict[int, list[int | bytes]], field: int) -> int:
    value = fields.get(field, [0])[0]  # a zero is not written down
    if not isinstance(value, int):
        raise ValueError(f"field {field} is no number")
    return value


def _shape(fields: dict[int, list[int | bytes]]) -> list[int]:
    shape = fields.get(2, [b""])[0]
    sizes = _message(shape).get(2, []) if isinstance(shape, bytes) else []
    return [_number(_message(size), 1) for size in sizes if isinstance(size, bytes)]


def _check_header(fields: dict[int, list[int | bytes]]) -> None:
    if _number(fields, 1) != 1:
        raise TeacherError("is a TensorFlow checkpoint in several data files; only one can be read")
    if _number(fields, 2) != 0:
        raise TeacherError("is a TensorFlow checkpoint of a big-endian machine")
