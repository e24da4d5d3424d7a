"""HTTP/2 connections that a client retires while answers still stream.

A client that will open no further stream says so with a graceful GOAWAY; "activity on existing
streams" goes on until they are complete (RFC 9113, section 6.8). h2 takes every GOAWAY for the end
of the connection, and hypercorn closes it then. The SDK for JavaScript retires its connection as
soon as the head of SubscribeToShard's answer is there.
"""

from typing import Any

from local_aws.ministack.foreign import h2_connection, h2_events, hypercorn_h2

NO_ERROR = 0


def install() -> None:
    """Let the streams of a retired connection end by themselves."""
    receive = h2_connection.H2Connection._receive_goaway_frame
    handle = hypercorn_h2.H2Protocol._handle_events

    def receive_goaway(connection: Any, frame: Any) -> Any:
        if frame.error_code != NO_ERROR:
            return receive(connection, frame)
        # h2's own state stays as it is, so that it goes on to send
        said = h2_events.ConnectionTerminated()
        said.error_code, said.last_stream_id = NO_ERROR, frame.last_stream_id
        return [], [said]

    async def handle_events(protocol: Any, events: list[Any]) -> None:
        for event in events:
            retired = isinstance(event, h2_events.ConnectionTerminated)
            if retired and event.error_code == NO_ERROR and protocol.streams:
                continue  # the client closes it after the last stream, or the idle time does
            await handle(protocol, [event])

    h2_connection.replace("H2Connection._receive_goaway_frame", receive_goaway)
    hypercorn_h2.replace("H2Protocol._handle_events", handle_events)
