"""``python -m local_aws``: AWS on this machine, for a folder, on a port of the loopback."""

import argparse
import asyncio
import contextlib
import gc
import importlib
import ipaddress
import os
import signal
import socket
import sys
from pathlib import Path
from typing import NoReturn

from local_aws.folder import DataFolder, FolderInUseError, open_folder
from local_aws.ministack import environment
from local_aws.s3 import recovery

REFUSED = 2
COMMAND_GRACE_S = 3.0
DUMMY_CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
}


def _arguments() -> tuple[argparse.Namespace, list[str]]:
    own, command = sys.argv[1:], []
    if "--" in own:
        at = own.index("--")
        own, command = own[:at], own[at + 1 :]
        if not command:
            _refuse("no COMMAND after --: give one, or leave -- out to serve until stopped")
    parser = argparse.ArgumentParser(
        prog="python -m local_aws",
        usage="%(prog)s --data DIR [--port N] [--iam] [-- COMMAND ...]",
        description="AWS on this machine. With COMMAND: serve while it runs, and end with it.",
    )
    parser.add_argument("--data", type=Path, required=True, help="folder that keeps everything")
    parser.add_argument("--port", type=int, default=4566, help="0 picks a free one (default 4566)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument(
        "--expose-to-network",
        action="store_true",
        help="allow a --host that other machines reach: anyone there can read and delete all "
        "data and run code as you, without a password",
    )
    parser.add_argument(
        "--iam",
        action="store_true",
        help="enforce policies: the key test is an account's root, users and roles do what they "
        "may; decisions are recorded in DIR/iam.jsonl",
    )
    parser.add_argument(
        "--faults",
        action="store_true",
        help="for tests: let whoever reaches the server ask for calls to fail",
    )
    return parser.parse_args(own), command


def _refuse(reason: str) -> NoReturn:
    print(f"local_aws: {reason}", file=sys.stderr)
    raise SystemExit(REFUSED)


def _check_host(host: str, exposed: bool) -> None:
    try:
        address = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError:
        _refuse(f"--host {host} is not an IP address")
    if not address.is_loopback and not exposed:
        _refuse(
            f"--host {host} is reached by other machines, and there is no password: use "
            "127.0.0.1, or say --expose-to-network if that is really wanted"
        )


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(256)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        _refuse(f"cannot listen on {host}:{port} ({reason}): stop what uses it or give --port")
    return listener


def _open(root: Path) -> tuple[DataFolder, object]:
    try:
        return open_folder(root)
    except FolderInUseError as error:
        _refuse(f"{error} is in use by another local AWS: stop that one or give another --data")
    except OSError as error:
        _refuse(f"cannot use {root} as data folder: {error.strerror}")


async def _run_command(command: list[str], env: dict[str, str], stop: asyncio.Event) -> int:
    try:
        process = await asyncio.create_subprocess_exec(*command, env=env)
    except OSError as error:
        print(f"local_aws: cannot run {command[0]}: {error.strerror}", file=sys.stderr)
        return 127
    stopped = asyncio.create_task(stop.wait())
    ended = asyncio.create_task(process.wait())
    await asyncio.wait({stopped, ended}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    if not ended.done():
        process.terminate()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(ended), COMMAND_GRACE_S)
        if not ended.done():
            process.kill()
    code = await ended
    return code if code >= 0 else 128 - code


async def _main(
    folder: DataFolder,
    listener: socket.socket,
    command: list[str],
    given: dict[str, str],
    faulty: bool,
) -> int:
    # imported here because ministack reads the environment that was just set
    server = importlib.import_module("local_aws.server")
    host, port = listener.getsockname()[:2]
    endpoint = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    loop = asyncio.get_running_loop()
    stop, ready = asyncio.Event(), asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    # in a terminal Ctrl-C reaches the command too, and the command decides what it means
    loop.add_signal_handler(signal.SIGINT, (lambda: None) if command else stop.set)
    serving = asyncio.create_task(
        server.serve(folder, listener, endpoint, stop, ready.set, faulty=faulty)
    )
    started = asyncio.create_task(ready.wait())
    await asyncio.wait({serving, started}, return_when=asyncio.FIRST_COMPLETED)
    code = 0
    if ready.is_set() and command:
        env = {**DUMMY_CREDENTIALS, **given, "AWS_ENDPOINT_URL": endpoint}
        code = await _run_command(command, env, stop)
        stop.set()
    elif ready.is_set():
        print(f"ready {endpoint}", flush=True)
    await serving
    return code


def _collect_rarely() -> None:
    """Keep Python's garbage collector from going through all held records again and again.

    A read makes ten thousands of objects that reference counting frees; by default every 700 of
    them start a collection, and some of these walk whatever the process holds.
    """
    gc.set_threshold(50_000, 20, 100)


def main() -> None:
    """Parse the command line, refuse what cannot work, serve, and end with the right code."""
    arguments, command = _arguments()
    _check_host(arguments.host, arguments.expose_to_network)
    folder, _lock = _open(arguments.data)
    listener = _listen(arguments.host, arguments.port)
    given = dict(os.environ)
    recovery.recover(folder.objects)
    environment.configure(folder, *listener.getsockname()[:2], iam=arguments.iam)
    # neither asyncio.run nor a normal exit: both wait for threads, and a service may have one at
    # work for long; all state is saved by now
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    _collect_rarely()
    code = loop.run_until_complete(_main(folder, listener, command, given, arguments.faults))
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
