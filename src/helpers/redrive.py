"""``make redrive``: what the alert function put aside or gave up, put through again.

Two places hold it: the poison queue, a letter a record, and the bucket of failures, the event of a
whole batch an object. The function itself says what it can read. What went through is removed from
its place, everything else is said and stays.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from helpers import aws
from helpers.deploy.platform import Platform
from helpers.errors import InputError, MissingError, PlatformError, ServiceError
from helpers.words import count

_HELD_S: Final = 3600  # so long nobody else sees a letter that is being looked at
_GIVEN_UP: Final = "aws/lambda/"


@dataclass(frozen=True)
class Parcel:
    """Records of one place, and how to take them away from it.

    Attributes
    ----------
    name : str
        For people.
    records : list of dict
        As the event source sent them.
    remove : callable
        Takes it out of its place.
    """

    name: str
    records: list[dict[str, Any]]
    remove: Callable[[], object]


@dataclass
class Outcome:
    """How many records went through, cannot be read, and have to wait."""

    through: int = 0
    unreadable: int = 0
    waiting: int = 0


def redrive(stage: str, say: Callable[[str], None], *, again: bool) -> Outcome:
    """Put through again what was put aside or given up.

    Parameters
    ----------
    stage : str
        Of the platform.
    say : callable
        Takes a line for each record that does not go through.
    again : bool
        Whether to do it; otherwise it is said what would happen, and nothing changes.

    Returns
    -------
    Outcome
        Numbers of records.

    Raises
    ------
    InputError
        Where the stage is not deployed.
    ServiceError
        Where AWS is out of reach or refuses.
    """
    names = Platform(stage)
    outcome = Outcome()
    try:
        for parcels in (_letters(names, say), _given_up(names, say)):
            for parcel in parcels:
                _put_through(names, parcel, outcome, say, again)
    except (ClientError, BotoCoreError) as error:
        raise ServiceError(f"The redrive stopped: {error}") from error
    return outcome


def _put_through(
    names: Platform, parcel: Parcel, outcome: Outcome, say: Callable[[str], None], again: bool
) -> None:
    answer = _asked(names, parcel.records, "again" if again else "look")
    if isinstance(answer, str):
        say(f"{parcel.name}: the function failed ({answer}): it stays")
        outcome.waiting += len(parcel.records)
        return
    reasons = {each["itemIdentifier"]: each["reason"] for each in answer["poison"]}
    numbers = [record["kinesis"]["sequenceNumber"] for record in parcel.records]
    failed = [each["itemIdentifier"] for each in answer["batchItemFailures"]]
    reached = numbers.index(failed[0]) if failed else len(numbers)
    for number in numbers[:reached]:
        if number in reasons:
            say(f"{parcel.name}, record {number}: {reasons[number]}: it stays")
            outcome.unreadable += 1
        else:
            outcome.through += 1
    if failed:
        say(f"{parcel.name}, from record {failed[0]} on: not now: it stays")
        outcome.waiting += len(numbers) - reached
    if again and reached == len(numbers) and not reasons:
        parcel.remove()


def _asked(names: Platform, records: list[dict[str, Any]], how: str) -> dict[str, Any] | str:
    """Call the function; its answer, or what it failed with."""
    client = aws.client("lambda")
    try:
        said = client.invoke(
            FunctionName=names.stack("alerts"),
            Payload=json.dumps({"Records": records, "redrive": how}).encode(),
        )
    except client.exceptions.ResourceNotFoundException as error:
        raise MissingError(f"The function {names.stack('alerts')}", names.stage) from error
    body = json.loads(said["Payload"].read())
    if "FunctionError" in said:
        return str(body.get("errorMessage", said["FunctionError"]))
    return dict(body)


def _letters(names: Platform, say: Callable[[str], None]) -> Iterator[Parcel]:
    """Take the letters of the poison queue, one parcel each."""
    sqs = aws.client("sqs")
    try:
        url = sqs.get_queue_url(QueueName=names.stack("alerts-poison"))["QueueUrl"]
    except sqs.exceptions.QueueDoesNotExist as error:
        raise MissingError(f"The queue {names.stack('alerts-poison')}", names.stage) from error
    held: set[str] = set()

    def remove(receipt: str) -> None:
        sqs.delete_message(QueueUrl=url, ReceiptHandle=receipt)
        held.discard(receipt)

    try:
        while found := sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1, VisibilityTimeout=_HELD_S
        ).get("Messages"):
            held |= {message["ReceiptHandle"] for message in found}
            for message in found:
                name = f"letter {message['MessageId']}"
                try:
                    record = _record(json.loads(message["Body"]))
                except (ValueError, KeyError, TypeError, AttributeError) as error:
                    say(f"{name} is none of the function's ({error!r}): it stays")
                else:
                    yield Parcel(name, [record], partial(remove, message["ReceiptHandle"]))
    finally:
        # what stays is there for others again
        for receipt in held:
            sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=receipt, VisibilityTimeout=0)


def _record(letter: dict[str, Any]) -> dict[str, Any]:
    """Make of a letter the record that it was; one too large for a letter lies in S3."""
    if letter["data"] is None:
        bucket, _, key = letter["address"].removeprefix("s3://").partition("/")
        letter = json.loads(aws.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read())
    kinesis = {name: letter[name] for name in ("data", "partitionKey", "sequenceNumber")}
    source = {name: letter[name] for name in ("eventID", "eventSourceARN")}
    return {"kinesis": kinesis, **source}


def _given_up(names: Platform, say: Callable[[str], None]) -> Iterator[Parcel]:
    """Take the batches that Lambda gave up, one object each."""
    s3 = aws.client("s3")
    account = aws.client("sts").get_caller_identity()["Account"]
    bucket = f"{names.stack('failures')}-{account}-{s3.meta.region_name}"
    try:
        pages = list(s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=_GIVEN_UP))
    except s3.exceptions.NoSuchBucket as error:
        raise MissingError(f"The bucket {bucket}", names.stage) from error
    for found in (found for page in pages for found in page.get("Contents", ())):
        place = {"Bucket": bucket, "Key": found["Key"]}
        try:
            document = json.loads(s3.get_object(**place)["Body"].read())
            payload = document["payload"]
            # the service's page has it as text, its answers as an object
            records = (json.loads(payload) if isinstance(payload, str) else payload)["Records"]
            records = [record for record in records if record["kinesis"]["sequenceNumber"]]
        except (ValueError, KeyError, TypeError) as error:
            say(f"s3://{bucket}/{found['Key']} is no batch of records ({error!r}): it stays")
            continue
        yield Parcel(f"s3://{bucket}/{found['Key']}", records, partial(s3.delete_object, **place))


def main(arguments: Sequence[str] | None = None) -> int:
    """Say what a redrive would do, or do it.

    Parameters
    ----------
    arguments : sequence of str, optional
        The command line; that of the process by default.

    Returns
    -------
    int
        0; 2 where the stage is none or not deployed; 1 where records have to wait, or AWS fails.
    """
    parser = argparse.ArgumentParser(prog="python -m helpers.redrive", description=__doc__)
    parser.add_argument("--stage", required=True)
    parser.add_argument("--again", action="store_true", help="do it; else it is only said")
    parsed = parser.parse_args(arguments)
    try:
        done = redrive(parsed.stage, _say, again=parsed.again)
    except InputError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except PlatformError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    went = "went through" if parsed.again else "would go through"
    _say(
        f"{count(done.through, 'record')} {went}, {done.unreadable:,} cannot be read and stay, "
        f"{done.waiting:,} have to wait."
    )
    if not parsed.again and done.through:
        again = f"make redrive STAGE={parsed.stage} AGAIN=yes"
        _say(f"Nothing was changed: `{again}` does it.")
    return 1 if done.waiting else 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
