"""Records into a stream: several requests under way, yet in order for each key.

Every key belongs to one lane, and a lane has one request under way at a time.
Records that a request did not place are sent again, in their order, before
the lane goes on. A shard that is throttled refuses what is left of a request,
so nothing is overtaken; but AWS promises no order within a request: a shard
may refuse a record and place a later one of the same key. Such records are
counted; where no request holds a key twice (``strict``) there are none.
"""

import queue
import random
import threading
import time
from collections.abc import Callable

import numpy as np

from helpers.errors import ServiceError
from helpers.interrupts import Pressed
from store_simulator.send import cbor
from store_simulator.send.batch import Batch, Ints
from store_simulator.send.client import LOST, Client, said
from store_simulator.send.connection import Reply

_WAITING = 2
"""Batches that wait in a lane: enough to keep it busy, few enough to stop quickly."""
_FIRST_DELAY_S = 0.1
_LONGEST_DELAY_S = 5.0
_PATIENCE_S = 60.0
_STOP_S = 5.0
_LATER = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "LimitExceededException",
        "KMSThrottlingException",
        "ThrottlingException",
        "RequestTimeoutException",
    }
)


class Sender:
    """Lanes into one stream.

    Parameters
    ----------
    client : Client
        Signs and sends.
    stream : str
        The stream's name.
    lanes : int
        Requests under way at once.
    stop : helpers.interrupts.Pressed
        Once it is set, `put` waits for no lane any more.
    listener : callable, optional
        Called from the lanes with the HTTP status and the labels of the records sent.
    strict : bool
        Put no key into a request twice, so that nothing can overtake within one.

    Attributes
    ----------
    sent, retried : int
        Records placed, and records that had to be sent again (each time counts).
    overtaken : int
        Records that were refused while a later one of their key was placed.
    """

    def __init__(
        self,
        client: Client,
        stream: str,
        lanes: int,
        stop: Pressed,
        listener: Callable[[int, list[str]], None] | None = None,
        *,
        strict: bool = False,
    ) -> None:
        self._client = client
        self._stream = stream
        self._listener = listener
        self._stop = stop
        self._strict = strict
        self._tail = cbor.tail(stream)
        self._queues: list[queue.Queue[Batch | None]] = [
            queue.Queue(_WAITING) for _ in range(lanes)
        ]
        self._lock = threading.Lock()
        self._giving_up = threading.Event()
        self._failure: ServiceError | None = None
        self._unsent: list[Ints] = []
        self.sent = 0
        self.retried = 0
        self.overtaken = 0
        self._threads = [
            threading.Thread(target=self._work, args=(waiting,), daemon=True)
            for waiting in self._queues
        ]
        for thread in self._threads:
            thread.start()

    def put(self, lane: int, batch: Batch) -> None:
        """Hand a batch to a lane; waits where the lane is behind, unless the stop is set.

        Raises
        ------
        ServiceError
            Where a lane has met something that sending again does not mend.
        """
        while self._failure is None:
            try:
                self._queues[lane].put(batch, timeout=0.2)
            except queue.Full:
                if self._stop.is_set():
                    self._note_unsent(batch.rows)
                    return
                continue
            return
        self._note_unsent(batch.rows)
        raise self._failure

    def close(self) -> None:
        """Send what waits and end the lanes; once the stop is set, within five seconds.

        Raises
        ------
        ServiceError
            Where a lane failed.
        """
        deadline = None
        ends: list[queue.Queue[Batch | None]] = list(self._queues)
        while any(thread.is_alive() for thread in self._threads):
            if self._stop.is_set() and deadline is None:
                deadline = time.monotonic() + _STOP_S
            if self._failure or (deadline and time.monotonic() > deadline):
                self._giving_up.set()
            for waiting in list(ends):
                if not waiting.full():
                    waiting.put(None)
                    ends.remove(waiting)
            self._threads[0].join(0.02)
            time.sleep(0.02)
        self.fail()

    def fail(self) -> None:
        """Raise what a lane has failed with, if one has."""
        if self._failure is not None:
            raise self._failure

    def unsent(self) -> Ints:
        """List the rows that were given up, ascending."""
        with self._lock:
            rows = np.concatenate([np.empty(0, np.int64), *self._unsent])
        return np.sort(rows)

    def _work(self, waiting: "queue.Queue[Batch | None]") -> None:
        while (batch := waiting.get()) is not None:
            if self._failure or self._giving_up.is_set():
                self._note_unsent(batch.rows)
                continue
            try:
                self._deliver(batch)
            except ServiceError as error:
                self._failure = self._failure or error
            except Exception as error:  # noqa: BLE001, a lane that ends makes `put` wait for ever
                said = f"A request failed: {type(error).__name__}: {error}"
                self._failure = self._failure or ServiceError(said)

    def _deliver(self, batch: Batch) -> None:
        left = np.arange(len(batch.rows))
        careful = self._strict
        tries = 0
        answered = time.monotonic()
        while len(left):
            if self._giving_up.is_set():
                self._note_unsent(batch.rows[left])
                return
            chosen = batch.with_distinct_keys(left) if careful else left
            try:
                refused = self._attempt(batch, chosen)
                answered = time.monotonic()
                careful = careful or len(refused) > 0
            except LOST as error:
                if time.monotonic() - answered > _PATIENCE_S:
                    self._note_unsent(batch.rows[left])
                    raise ServiceError(
                        f"{self._client.endpoint} does not answer ({error}): check that it runs."
                    ) from error
                refused = chosen
            except Exception:
                self._note_unsent(batch.rows[left])
                raise
            tries = tries + 1 if len(refused) == len(chosen) else 1
            left = np.concatenate([refused, left[len(chosen) :]])
            if len(refused):
                with self._lock:
                    self.retried += len(refused)
                longest = min(_LONGEST_DELAY_S, _FIRST_DELAY_S * 2**tries)
                self._giving_up.wait(random.uniform(0, longest))  # noqa: S311 not a secret

    def _attempt(self, batch: Batch, chosen: Ints) -> Ints:
        """Send some records of a batch and say which of them have to be sent again."""
        answer = self._client.post("PutRecords", batch.body(chosen, self._tail))
        if answer.status != 200:
            self._check(answer)
            return chosen
        refused = chosen[:0]
        if not _all_placed(answer.body, len(chosen)):
            results = said(answer).get("Records", [])
            if len(results) != len(chosen):
                raise ServiceError(
                    f"{self._client.endpoint} answered {len(results)} of {len(chosen)} records."
                )
            refused = chosen[["ErrorCode" in result for result in results]]
        with self._lock:
            self.sent += len(chosen) - len(refused)
            self.overtaken += batch.overtaken(chosen, refused) if len(refused) else 0
        if self._listener and batch.labels:
            again = set(refused.tolist())
            self._listener(200, [batch.labels[at] for at in chosen if at not in again])
        return refused

    def _check(self, answer: Reply) -> None:
        """Raise where an answer is one that sending again does not mend."""
        parsed = said(answer)
        code = str(parsed.get("__type", "")).rpartition("#")[2]
        message = parsed.get("message") or parsed.get("Message") or ""
        if answer.status >= 500 or answer.status == 429 or code in _LATER:
            return
        if code == "ResourceNotFoundException":
            raise ServiceError(f"The stream {self._stream} does not exist: {message}")
        raise ServiceError(f"Kinesis refused the records ({answer.status} {code}): {message}")

    def _note_unsent(self, rows: Ints) -> None:
        with self._lock:
            self._unsent.append(rows)


def _all_placed(body: bytes, count: int) -> bool:
    """Say whether an answer surely places all records, without reading what it says of each."""
    return b"FailedRecordCount\x00" in body and body.count(b"SequenceNumber") == count
