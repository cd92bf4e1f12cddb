"""ONNX files, written by hand: the few messages of their format that a graph of ours needs, without a library for it.

ONNX is protocol buffers; the numbers of fields are those of `onnx/onnx.proto` (onnx.ai, IR version 10).
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

IR_VERSION = 10
OPSET = 20

FLOAT, UINT8, INT8, INT64 = 1, 2, 3, 7
TYPES = {"float32": FLOAT, "uint8": UINT8, "int8": INT8, "int64": INT64}


class Graph:
    """Nodes in the order they are computed; `add` gives the name of a node's output."""

    def __init__(self) -> None:
        self._nodes: list[bytes] = []
        self._constants: list[bytes] = []
        self._count = 0

    def constant(self, value: NDArray[Any]) -> str:
        """Its name. Types: float32, uint8, int8, int64."""
        name = self._fresh()
        dims = b"".join(_number(1, size) for size in value.shape)
        kind = _number(2, TYPES[value.dtype.name])
        self._constants.append(
            _bytes(5, dims + kind + _text(8, name) + _bytes(9, np.ascontiguousarray(value).tobytes()))
        )
        return name

    def add(self, operation: str, *inputs: str, outputs: int = 1, **attributes: float | int | Sequence[int]) -> str:
        """The name of the first output; further ones are that name with ".1", ".2" behind."""
        name = self._fresh()
        names = [name, *(f"{name}.{index}" for index in range(1, outputs))]
        ends = b"".join(_text(1, one) for one in inputs) + b"".join(_text(2, one) for one in names)
        self._nodes.append(_bytes(1, ends + _text(4, operation) + _attributes(attributes)))
        return name

    def document(self, inputs: Mapping[str, Sequence[str]], output: str) -> bytes:
        """The whole file. `inputs`: integers, each with the names of its dimensions; `output` is of floats."""
        values = b"".join(_bytes(11, _value(name, INT64, dims)) for name, dims in inputs.items())
        body = b"".join(self._nodes) + _text(2, "graph") + b"".join(self._constants)
        graph = body + values + _bytes(12, _value(output, FLOAT, None))
        return _number(1, IR_VERSION) + _bytes(7, graph) + _bytes(8, _text(1, "") + _number(2, OPSET))

    def _fresh(self) -> str:
        self._count += 1
        return f"t{self._count}"


def _attributes(attributes: Mapping[str, float | int | Sequence[int]]) -> bytes:
    return b"".join(_bytes(5, _text(1, name) + _attribute(value)) for name, value in attributes.items())


def _attribute(value: float | int | Sequence[int]) -> bytes:
    """Kinds in field 20: 1 a float, 2 an integer, 7 integers."""
    if isinstance(value, float):
        return _varint(2 << 3 | 5) + struct.pack("<f", value) + _number(20, 1)
    if isinstance(value, int):
        return _number(3, value) + _number(20, 2)
    return b"".join(_number(8, one) for one in value) + _number(20, 7)


def _value(name: str, kind: int, dims: Sequence[str] | None) -> bytes:
    shape = b"" if dims is None else _bytes(2, b"".join(_bytes(1, _text(2, dim)) for dim in dims))
    return _text(1, name) + _bytes(2, _bytes(1, _number(1, kind) + shape))


def _text(field: int, text: str) -> bytes:
    return _bytes(field, text.encode())


def _bytes(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _varint(value: int) -> bytes:
    """Seven bits a byte, lowest first; negative numbers as 64 bits in two's complement."""
    value &= (1 << 64) - 1
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(found) + bytes([value])
