"""What becomes of log events as they come: metrics of EMF, of metric filters, and of the service.

Called for PutLogEvents and for what Lambda writes alike.
"""

import logging
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from local_aws.clock import clock
from local_aws.cloudwatch.metrics import MINUTE, Metric, Metrics, metric_of
from local_aws.cloudwatch.samples import Sample
from local_aws.logs import emf, metric_filters
from local_aws.logs.patterns import PatternError
from local_aws.tenant import Tenant, current

log = logging.getLogger("local_aws")

NAMESPACE = "AWS/Logs"
EVENT_BYTES = 26  # what the service adds to the size of each event

Record = dict[str, Any]
Filters = Callable[[str], Iterable[Record]]
Put = tuple[Metric, Sample]


class Ingestion:
    """Makes metrics of log events.

    Parameters
    ----------
    metrics : Metrics
        Where they are put.
    filters : callable
        Gives the metric filters of a log group, of the present request's account and region.
    """

    def __init__(self, metrics: Metrics, filters: Filters) -> None:
        self._metrics = metrics
        self._filters = filters
        self._lock = threading.Lock()
        self._matched: dict[tuple[Tenant, str, str], dict[int, bool]] = defaultdict(dict)
        self._kept: dict[tuple[Tenant, str, str], Record] = {}

    def take(self, group: str, events: list[Record]) -> None:
        """Look at events that a group has taken, each with ``timestamp`` (ms) and ``message``."""
        if not events:
            return
        found: list[Put] = []
        for event in events:
            at, message = event["timestamp"] / 1000, event["message"]
            found += self._embedded(group, message)
            found += self._filtered(group, at, message)
        found += _of_service(group, events)
        self._metrics.put(current(), found)

    def _embedded(self, group: str, message: str) -> list[Put]:
        try:
            metrics = emf.extract(message, clock())
        except (emf.ParsingError, emf.ValidationError) as error:
            parsing = isinstance(error, emf.ParsingError)
            name = "EMFParsingErrors" if parsing else "EMFValidationErrors"
            log.warning("log group %s: %s: %s", group, name, error)
            return [_of_group(group, name, "Count", 1)]
        return [(each.metric, sample) for each in metrics for sample in each.samples]

    def _filtered(self, group: str, at: float, message: str) -> list[Put]:
        found: list[Put] = []
        minute = int(at // MINUTE * MINUTE)
        for kept in self._filters(group):
            try:
                values = metric_filters.values(kept, message)
            except PatternError as error:  # of a data folder from before patterns were checked
                log.warning("metric filter %s of %s: %s", kept["filterName"], group, error)
                continue
            key = (current(), group, kept["filterName"])
            with self._lock:
                self._kept[key] = kept
                minutes = self._matched[key]
                minutes[minute] = minutes.get(minute, False) or values is not None
            found += [_at(minute, value) for value in values or ()]
        return found

    def end_minutes(self) -> None:
        """Send the default values of minutes that are over, where events came and none matched."""
        now = clock()
        due: list[tuple[Tenant, list[Put]]] = []
        with self._lock:
            for key, minutes in list(self._matched.items()):
                for minute in [each for each in minutes if each + MINUTE <= now]:
                    if not minutes.pop(minute):
                        values = metric_filters.default(self._kept[key])
                        due.append((key[0], [_at(minute, value) for value in values]))
                if not minutes:
                    del self._matched[key], self._kept[key]
        for tenant, samples in due:
            self._metrics.put(tenant, samples)


def _at(minute: int, value: metric_filters.Value) -> Put:
    number = value.value
    return value.metric, Sample(minute, value.unit, 1.0, number, number, number)


def _of_service(group: str, events: list[Record]) -> list[Put]:
    size = sum(len(event["message"].encode()) + EVENT_BYTES for event in events)
    return [
        _of_group(group, "IncomingLogEvents", "Count", len(events)),
        _of_group(group, "IncomingBytes", "Bytes", size),
    ]


def _of_group(group: str, name: str, unit: str, number: float) -> Put:
    minute = int(clock() // MINUTE * MINUTE)
    metric = metric_of(NAMESPACE, name, {"LogGroupName": group})
    return metric, Sample(minute, unit, 1.0, float(number), float(number), float(number))
