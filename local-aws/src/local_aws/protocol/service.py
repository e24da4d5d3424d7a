"""What a service of ours is: a table of operations, answered over HTTP the same way for all."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar

from local_aws.ministack.foreign import app
from local_aws.protocol import codec as codecs
from local_aws.protocol import event_stream, http, model
from local_aws.protocol.codec import Codec
from local_aws.protocol.errors import (
    ServiceError,
    not_supported,
    serialization,
    too_large,
    unknown_operation,
    validation,
)
from local_aws.protocol.event_stream import Event
from local_aws.protocol.http import Answer, Receive, Request, Scope, Send
from local_aws.protocol.query import ACTION
from local_aws.protocol.validate import checked
from local_aws.tenant import Tenant

log = logging.getLogger("local_aws")

Record = dict[str, Any]
State = TypeVar("State")
Operation = Callable[[State, Tenant, Record], Record | AsyncIterator[Event]]


class Shortcut(NamedTuple):
    """An operation's own check and writer, which give what the general ones give, sooner."""

    check: Callable[[Record], Record]
    write: Callable[[Record, Codec], bytes]


class Check(NamedTuple):
    """What a principal needs for a call: an action on a resource, under keys of the request."""

    action: str
    resource: str
    context: dict[str, Any]


class Service(Generic[State]):
    """The ASGI application of one service.

    Parameters
    ----------
    state : object
        What every operation is given: the service's store, made from the data folder.
    """

    name: ClassVar[str]
    """As botocore names it."""
    operations: ClassVar[Mapping[str, Operation[Any]]]
    codecs: ClassVar[Sequence[Codec]] = (codecs.JSON,)
    invalid: ClassVar[Callable[..., ServiceError]] = staticmethod(validation)
    """Makes the error for a request that breaks the service's model."""
    also_required: ClassVar[frozenset[tuple[str, str]]] = frozenset()
    shortcuts: ClassVar[Mapping[str, Shortcut]] = {}
    refused_members: ClassVar[Sequence[str]] = ()
    """Arguments that AWS takes and nothing here carries out."""
    in_thread: ClassVar[bool] = True
    """Whether an operation may take long: the event loop serves everybody."""
    passes_on: ClassVar[bool] = False
    """Whether ministack answers what the table has not; otherwise it is refused by name."""
    guard: ClassVar[Callable[..., None] | None] = None
    """Refuses what a caller may not do, for all services; set where policies are enforced."""

    def __init__(self, state: State) -> None:
        self.state = state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        operation = self.operation_of(scope)
        if self.passes_on and operation not in self.operations:
            await app.app(scope, receive, send)
            return
        try:
            request = await http.read(scope, receive, operation, self.addressed(scope))
        except http.BodyTooLargeError:
            answer = self._refused(too_large(), self._codec_of(scope))
        except http.BrokenBodyError as error:
            broken = serialization(f"Could not read the body: {error}")
            answer = self._refused(broken, self._codec_of(scope))
        except ConnectionError:
            return
        else:
            # a thread runs in a copy of this context, which names the tenant
            answer = (
                await asyncio.to_thread(self._guarded, scope, request)
                if self.in_thread
                else self._guarded(scope, request)
            )
        await http.respond(send, answer)

    def _codec_of(self, scope: Scope) -> Codec:
        return codecs.choose(self.codecs, http.header(scope, "content-type"))

    def operation_of(self, scope: Scope) -> str:
        """Return the operation that a request names outside of its body."""
        return http.called(scope)[1]

    def addressed(self, scope: Scope) -> Record:
        """Return the arguments that stand in a request's address."""
        return {}

    def outside(self, operation: str, answer: Record) -> tuple[int, Record]:
        """Return the HTTP status of an answer, and what of it is the body."""
        return 200, answer

    def resources(self, tenant: Tenant, operation: str, given: Record) -> list[Check]:
        """Return what a call needs of its caller; nothing where `local_aws.iam` knows it alone."""
        return []

    def _guarded(self, scope: Scope, request: Request) -> Answer:
        if self.guard is None:
            return self.answer(request)
        codec = codecs.choose(self.codecs, request.headers.get("content-type", ""))
        try:
            self.guard(self, scope, request, _given(request, codec))
        except ServiceError as error:
            return self._refused(error, codec)
        return self.answer(request)

    def answer(self, request: Request) -> Answer:
        """Answer a request that has been read, whoever read it."""
        codec = codecs.choose(self.codecs, request.headers.get("content-type", ""))
        try:
            return self._answered(request, codec)
        except ServiceError as error:
            return self._refused(error, codec)
        except OSError as error:
            log.error("%s of %s failed: %s", request.operation, self.name, error)
            return self._refused(
                ServiceError("InternalFailure", f"The data folder: {error}", 500), codec
            )

    def stop(self) -> None:
        """End running work and save state, within a second."""

    @classmethod
    def call(
        cls, state: State, tenant: Tenant, name: str, given: Record
    ) -> Record | AsyncIterator[Event]:
        """Check the arguments of an operation against the service's model and carry it out.

        Raises
        ------
        ServiceError
            For whatever the service refuses, and by name for what AWS has and this service not.
        """
        operation = cls.operations.get(name)
        if operation is None:
            if name in model.operations(cls.name):
                raise not_supported(f"{cls.name}'s {name}")
            raise unknown_operation(cls.name, name)
        for member in cls.refused_members:
            if given.get(member):
                raise not_supported(f"{member} of {cls.name}'s {name}")
        shortcut = cls.shortcuts.get(name)
        if shortcut:
            return operation(state, tenant, shortcut.check(given))
        shape = model.input_shape(cls.name, name)
        return operation(state, tenant, checked(shape, given, cls.invalid, cls.also_required))

    def _answered(self, request: Request, codec: Codec) -> Answer:
        given = _given(request, codec)
        name = request.operation or str(given.get(ACTION, ""))
        if name in model.operations(self.name):
            given = codec.typed(model.input_shape(self.name, name), given)
        answer = self.call(self.state, request.tenant, name, given)
        if not isinstance(answer, dict):
            events = event_stream.written(answer, codec)
            return Answer(200, {"content-type": event_stream.CONTENT_TYPE}, events)
        status = 200
        if shortcut := self.shortcuts.get(name):
            body = shortcut.write(answer, codec)
        else:
            status, answer = self.outside(name, answer)
            body = codec.answer(self.name, name, answer)
        return Answer(status, {"content-type": codec.content_type, **codec.headers}, body)

    def _refused(self, error: ServiceError, codec: Codec) -> Answer:
        headers = {"content-type": codec.content_type, "x-amzn-errortype": error.code}
        if model.was_query(self.name):
            whose = "Sender" if error.status < 500 else "Receiver"
            headers["x-amzn-query-error"] = f"{model.query_code(self.name, error.code)};{whose}"
        body = codec.refusal(self.name, error)
        return Answer(error.status, {**headers, **codec.headers}, body)


def _given(request: Request, codec: Codec) -> Record:
    return {**codecs.arguments(request.body, codec), **request.addressed}
