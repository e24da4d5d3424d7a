"""Doubles of manifests in full: pyiceberg 0.12's compiled decoder gives them in single precision.

A partition's 0.1 would come back as 0.10000000149, and its files be pruned away.
"""

import struct

from pyiceberg.avro.decoder import BinaryDecoder
from pyiceberg.avro.reader import DoubleReader

_DOUBLE = struct.Struct("<d")


def _read(_reader: DoubleReader, decoder: BinaryDecoder) -> float:
    found: float = _DOUBLE.unpack(decoder.read(8))[0]
    return found


def mend() -> None:
    """Let pyiceberg read all eight bytes of a double."""
    DoubleReader.read = _read  # type: ignore[method-assign, assignment]
