"""Carts that were left: some come back on a later day."""

from typing import Final

import numpy as np
import numpy.typing as npt

_KEPT: Final = 500_000


class AbandonedCarts:
    """The latest carts left, at most half a million; what is taken is gone."""

    def __init__(self) -> None:
        self._user = np.empty(0, dtype=np.int64)
        self._product = np.empty(0, dtype=np.int64)
        self._today: list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]] = []

    def add(self, user: npt.NDArray[np.int64], product: npt.NDArray[np.int64]) -> None:
        """Leave carts today: they can be taken from tomorrow on."""
        self._today.append((user, product))

    def end_day(self) -> None:
        """Let the carts of today become carts of an earlier day."""
        users, products = zip(*self._today, strict=True)
        self._user = np.concatenate([self._user, *users])[-_KEPT:]
        self._product = np.concatenate([self._product, *products])[-_KEPT:]
        self._today = []

    def take(
        self, count: int, rng: np.random.Generator
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Take up to ``count`` carts of earlier days, late ones first by chance.

        Returns
        -------
        tuple
            user_id and product index, as long as there were carts to take.
        """
        age = (len(self._user) * rng.random(count) ** 3).astype(np.int64)
        chosen = (
            rng.permutation(np.unique(len(self._user) - 1 - age)) if len(self._user) else age[:0]
        )
        user, product = self._user[chosen], self._product[chosen]
        self._user = np.delete(self._user, chosen)
        self._product = np.delete(self._product, chosen)
        return user, product
