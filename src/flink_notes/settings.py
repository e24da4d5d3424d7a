"""SET and RESET, which a table environment leaves to its shell."""

import re
from typing import Any, Final

import pandas as pd

from flink_notes.environment import SETTINGS
from helpers.errors import InputError

_SET: Final = re.compile(
    r"SET\s+(?:'(?P<quoted>[^']+)'|(?P<key>[\w.-]+))\s*=\s*(?:'(?P<text>(?:[^']|'')*)'|(?P<bare>\S+))",
    re.IGNORECASE,
)
_RESET: Final = re.compile(r"RESET\s+(?:'(?P<quoted>[^']+)'|(?P<key>[\w.-]+))", re.IGNORECASE)


class Settings:
    """What SET has set in one table environment.

    Parameters
    ----------
    st_env : pyflink.table.StreamTableEnvironment
    """

    def __init__(self, st_env: Any) -> None:
        self._config = st_env.get_config()
        self._set: dict[str, str] = {}

    def __getitem__(self, key: str) -> str | None:
        """Give what SET gave a key, if it did."""
        return self._set.get(key)

    def set(self, statement: str) -> pd.DataFrame | None:
        """Do ``SET 'key' = 'value'``, or list the settings for ``SET``.

        Parameters
        ----------
        statement : str

        Returns
        -------
        pandas.DataFrame or None
            For ``SET`` alone: ``key`` and ``value`` of what is set, here and by SET.

        Raises
        ------
        InputError
            Where the statement has another form.
        """
        if statement.strip().upper() == "SET":
            known = sorted((SETTINGS | self._set).items())
            return pd.DataFrame(known, columns=["key", "value"])
        found = _SET.fullmatch(statement)
        if found is None:
            raise InputError(f"{statement}: write SET 'key' = 'value', or SET alone for the list.")
        key = found["quoted"] or found["key"]
        value = found["bare"] if found["text"] is None else found["text"].replace("''", "'")
        self._put(key, value)
        return None

    def reset(self, statement: str) -> None:
        """Do ``RESET 'key'``, or take back everything that SET did for ``RESET``.

        Parameters
        ----------
        statement : str

        Raises
        ------
        InputError
            Where the statement has another form.
        """
        if statement.strip().upper() == "RESET":
            for key in list(self._set):
                self._take_back(key)
            return
        found = _RESET.fullmatch(statement)
        if found is None:
            raise InputError(f"{statement}: write RESET 'key', or RESET alone for all.")
        self._take_back(found["quoted"] or found["key"])

    def restore(self, key: str) -> None:
        """Give a key that was set behind SET's back what SET gave it, or nothing."""
        if key in self._set:
            self._put(key, self._set[key])
        else:
            self._take_back(key)

    def _put(self, key: str, value: str) -> None:
        self._config.set(key, value)
        self._set[key] = value

    def _take_back(self, key: str) -> None:
        self._set.pop(key, None)
        if key in SETTINGS:
            self._config.set(key, SETTINGS[key])
        else:
            self._config._j_table_config.getConfiguration().removeKey(key)
