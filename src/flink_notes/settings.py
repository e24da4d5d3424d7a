"""SET and RESET, which a table environment leaves to its shell."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import pandas as pd

from flink_notes import java
from helpers.errors import InputError

JOB_NAME: Final = "pipeline.name"
_MODE: Final = "execution.runtime-mode"
_HIDDEN: Final = ("__", "python.", "pipeline.jars", "execution.attached")  # of nobody's choice


class Settings:
    """What SET has set in one table environment.

    Flink keeps settings twice: those of the tables above, and those of the streams below, into
    which each statement that it plans copies the ones above.

    Parameters
    ----------
    st_env : pyflink.table.StreamTableEnvironment
    """

    def __init__(self, st_env: Any) -> None:
        config = st_env.get_config()._j_table_config
        self._above = config.getConfiguration()
        self._below = config.getRootConfiguration()
        self._at_first = (dict(self._above.toMap()), dict(self._below.toMap()))
        self._before: dict[str, tuple[str | None, str | None]] = {}

    def __getitem__(self, key: str) -> str | None:
        """Give what a key is set to, here or by SET."""
        value = self._above.toMap().get(key)
        return None if value is None else str(value)

    def set(self, key: str, value: str) -> None:
        """Do ``SET 'key' = 'value'``.

        Raises
        ------
        InputError
            Where every later query would be refused for it.
        """
        if key == _MODE and value.upper() != self[_MODE]:
            raise InputError(
                f"'{_MODE}' is {self[_MODE]} in a note and stays so, as Flink takes it at the "
                "kernel's start alone: a query over what has an end ends there too."
            )
        self._before.setdefault(key, self._values(key))
        self._above.setString(key, value)

    def reset(self, key: str | None = None) -> None:
        """Do ``RESET 'key'``, or ``RESET`` for everything that SET did.

        Parameters
        ----------
        key : str, optional
            Gets the value that it had before the first SET, or, if there was none, the one
            that the kernel began with.
        """
        for name in [key] if key is not None else list(self._before):
            first = (self._at_first[0].get(name), self._at_first[1].get(name))
            self._put(name, self._before.pop(name, first))

    def table(self) -> pd.DataFrame:
        """List what holds, for ``SET`` alone.

        Returns
        -------
        pandas.DataFrame
            ``key`` and ``value``, by key.
        """
        below = dict(self._below.toMap())
        changed = {key: below[key] for key in below if below[key] != self._at_first[1].get(key)}
        known = {
            key: value
            for key, value in {**changed, **dict(self._above.toMap())}.items()
            if key in self._before or not key.startswith(_HIDDEN)
        }
        return pd.DataFrame(sorted(known.items()), columns=["key", "value"])

    @contextmanager
    def planning(self, job: str | None = None) -> Iterator[None]:
        """Let Flink plan in the block, and take back what it copies below.

        Parameters
        ----------
        job : str, optional
            The name of the job that it submits there.
        """
        former = self[JOB_NAME]
        below = java.jvm().org.apache.flink.configuration.Configuration(self._below)
        try:
            if job is not None:
                self._above.setString(JOB_NAME, job)
            yield
        finally:
            _put(self._above, JOB_NAME, former)
            if not self._below.equals(below):
                for key in set(self._below.keySet()) - set(below.keySet()):
                    _put(self._below, key, None)
                self._below.addAll(below)

    def _values(self, key: str) -> tuple[str | None, str | None]:
        return self[key], self._below.toMap().get(key)

    def _put(self, key: str, values: tuple[str | None, str | None]) -> None:
        _put(self._above, key, values[0])
        _put(self._below, key, values[1])


def _put(configuration: Any, key: str, value: str | None) -> None:
    if value is None:
        configuration.removeKey(key)
    else:
        configuration.setString(key, value)
