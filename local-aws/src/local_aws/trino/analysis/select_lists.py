"""Select lists that are written last: an item that nobody asks for is left out.

A scan's relation has the columns alone that the whole statement uses, so an item that the outer
query passes over must not stand in the text, where it would read a column that is not there. Who
uses what is known when everything is analysed, but then the text of a query stands inside that of
others. So where a select list goes a query has a mark until the end, a number between two NULs:
the lexer takes no NUL in, and `quoting.quote_text` lets none of a literal's out. Marks are made and
read here alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

_MARK = re.compile("\x00(\\d+)\x00")


@dataclass(frozen=True)
class _SelectList:
    items: tuple[tuple[int, str], ...]
    filler: str

    def text(self, used: AbstractSet[int]) -> str:
        kept = [sql for number, sql in self.items if number in used]
        return ", ".join(kept) or self.filler


@dataclass(frozen=True)
class SelectLists:
    """The select lists of one compilation."""

    _lists: list[_SelectList] = field(default_factory=list)

    def put_off(self, items: Sequence[tuple[int, str]], filler: str = "1 AS c_") -> str:
        """Return what stands for a select list until `written`.

        Parameters
        ----------
        items
            The id of the column that each item makes, and the item's text.
        filler
            What is selected where no item is used.
        """
        self._lists.append(_SelectList(tuple(items), filler))
        return f"\x00{len(self._lists) - 1}\x00"

    def written(self, sql: str, used: AbstractSet[int]) -> str:
        """Return a text with its select lists, and those inside them, of the used columns."""
        return _MARK.sub(lambda mark: self.written(self._lists[int(mark[1])].text(used), used), sql)
