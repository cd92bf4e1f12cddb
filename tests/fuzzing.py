"""Broken input made of good input: what a bad line, a scanner or a bug on the other side would send."""

from __future__ import annotations


def mutated(random, valid):
    """`valid` (bytes or text) cut, repeated, reordered, overwritten or left alone, by a `random.Random`."""
    data = bytearray(valid.encode() if isinstance(valid, str) else valid)
    for _ in range(random.randint(0, 4)):
        at = random.randint(0, len(data)) if data else 0
        match random.randint(0, 5):
            case 0:
                del data[at:]
            case 1:
                del data[: at // 4]
            case 2:
                data[at:at] = random.randbytes(random.randint(1, 12))
            case 3 if data:
                data[at % len(data)] = random.randint(0, 255)
            case 4:
                data += data[:at]
            case 5:
                data = data[at:] + data[:at]
    return bytes(data) if isinstance(valid, bytes) else data.decode("utf-8", "replace")
