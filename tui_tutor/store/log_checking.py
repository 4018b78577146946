"""Whether a write-ahead log is damaged in its middle.

SQLite takes a log as far as its check sums are right and drops the rest without a word, which is right for a
transaction that was cut off, and wrong for a damaged log with more transactions behind the damage.
Source: "WAL-mode File Format", sqlite.org/walformat.html.
"""

from __future__ import annotations

import sys
import time
from array import array
from collections.abc import Iterator
from typing import Final

_HEADER, _FRAME_HEADER = 32, 24
_MAGIC: Final = {b"\x37\x7f\x06\x82": "little", b"\x37\x7f\x06\x83": "big"}
_MASK: Final = 0xFFFFFFFF

Sums = tuple[int, int]


def is_cut(log: bytes, limit_s: float) -> bool:
    """Whether transactions that were committed lie behind damage; False too if there is no time to see."""
    if len(log) <= _HEADER:
        return False
    order = _MAGIC.get(log[:4])
    if order is None or _sums((0, 0), log[:24], order) != _pair(log[24:32]):
        return True
    deadline = time.monotonic() + limit_s
    sums = _pair(log[24:32])
    is_broken = False
    for header, page in _frames(log):
        if is_broken:
            if header[4:8] != bytes(4):  # the last of its transaction
                return True
            continue
        sums = _sums(_sums(sums, header[:8], order), page, order)
        is_broken = sums != _pair(header[16:24])
        if time.monotonic() > deadline:
            return False
    return False


def _frames(log: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Those of this generation of the log; what lies behind them is left from before."""
    step = int.from_bytes(log[8:12], "big") + _FRAME_HEADER
    for start in range(_HEADER, len(log) - step + 1, step):
        header = log[start : start + _FRAME_HEADER]
        if header[8:16] == log[16:24]:
            yield header, log[start + _FRAME_HEADER : start + step]


def _sums(sums: Sums, data: bytes, order: str) -> Sums:
    words = array("I", data)
    if order != sys.byteorder:
        words.byteswap()
    one, two = sums
    numbers = iter(words)
    for first, second in zip(numbers, numbers, strict=True):
        one = one + first + two & _MASK
        two = two + second + one & _MASK
    return one, two


def _pair(data: bytes) -> Sums:
    return int.from_bytes(data[:4], "big"), int.from_bytes(data[4:], "big")
