"""The rows of a file, a block at a time: events typed, and what is no event with its reason."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import polars as pl

from helpers.raw.blocks import LineBlocks
from helpers.raw.files import RawFile, open_csv
from helpers.raw.rows import parse_good_lines
from helpers.raw.suspects import BAD_SCHEMA, sort_out


@dataclass(frozen=True)
class Rows:
    """The rows of a block of lines, each of them in one place.

    Attributes
    ----------
    events : polars.DataFrame
        The columns of `helpers.events.FRAME`, in the order of the lines.
    lines : polars.Series of Int64
        The line of each event, the file's header being line 1.
    bad : polars.DataFrame
        The other rows: line_number, reason, raw.
    next_line : int
        The line after the block.
    """

    events: pl.DataFrame
    lines: pl.Series
    bad: pl.DataFrame
    next_line: int


def read(file: RawFile, progress: Callable[[int], object] = lambda _: None) -> Iterator[Rows]:
    """Read a raw file.

    Parameters
    ----------
    file : RawFile
        From `helpers.raw.files.find`.
    progress : callable
        Told how many more of the file's ``size`` bytes were read.

    Yields
    ------
    Rows
        Block by block; none for a header alone.

    Raises
    ------
    InputError
        If the file is empty, damaged, or its first line is not the header.
    ServiceError
        If S3 stops answering.
    """
    with open_csv(file, progress) as stream:
        blocks = LineBlocks(stream, file.shown)
        blocks.skip_header()
        yield from of_blocks(blocks)


def of_blocks(blocks: LineBlocks) -> Iterator[Rows]:
    """Type what a reader of lines has left; its first line counts as line 2."""
    nothing = pl.DataFrame(schema=BAD_SCHEMA)
    line = 2
    while block := blocks.next():
        events = parse_good_lines(block)
        if events is None and b"\r" in block:
            block = block.replace(b"\r\n", b"\n")
            events = parse_good_lines(block)
        if events is None:
            found = sort_out(block, line, at_end=blocks.at_end)
            blocks.hand_back(found.rest)
            line += found.lines
            rows = Rows(found.events, found.numbers, found.bad, line)
        else:
            numbers = pl.int_range(line, line + events.height, dtype=pl.Int64, eager=True)
            line += events.height
            rows = Rows(events, numbers, nothing, line)
        del block  # before the next one is read: it takes the same memory
        yield rows
