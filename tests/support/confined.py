"""A program with a file system that is read-only but for /tmp, and one address that it can reach.

`run` starts it in namespaces of Linux of its own. Within them this file is run as
``confined.py PORT SOCKET PROGRAM …``: it takes the rights away, looks whether they are gone, lets
PORT of the loopback lead through SOCKET to the same port outside, and runs the program.
"""

import asyncio
import contextlib
import errno
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Met = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

NAMESPACES: Final = (
    *("unshare", "--user", "--map-root-user", "--mount", "--net"),
    *("--pid", "--fork", "--mount-proc", "--kill-child"),
)
_KERNELS_OWN: Final = ("/tmp", "/proc", "/sys", "/dev")
_ELSEWHERE: Final = ("192.0.2.1", 443)  # of a network that is kept for documentation


def impossible() -> str:
    """Say why nothing can be confined here; empty where it can."""
    if Path(sys.prefix).is_relative_to("/tmp"):
        return f"{sys.prefix} is in /tmp, which is what may be written"
    try:
        done = subprocess.run(
            [*NAMESPACES, "ip", "link", "set", "lo", "up"],
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError as error:
        return str(error)
    return f"{' '.join(NAMESPACES)}: {done.stderr.strip()}" if done.returncode else ""


def command(port: int, place: Path, program: Sequence[str]) -> list[str]:
    """Give the command that runs a program confined; PLACE is a socket that `gate` opens."""
    return [*NAMESPACES, sys.executable, __file__, str(port), str(place), *program]


@contextlib.contextmanager
def gate(place: Path, port: int) -> Iterator[None]:
    """Let a socket in the file system lead to a port of the loopback."""

    def outside() -> Awaitable[Connection]:
        return asyncio.open_connection("127.0.0.1", port)

    opened, over = threading.Event(), threading.Event()

    async def serve() -> None:
        async with await asyncio.start_unix_server(_leading_to(outside), place):
            opened.set()
            await asyncio.to_thread(over.wait)

    thread = threading.Thread(target=asyncio.run, args=[serve()])
    thread.start()
    opened.wait()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _leading_to(opened: Callable[[], Awaitable[Connection]]) -> Met:
    async def copied(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(1 << 16):
                writer.write(data)
                await writer.drain()
        writer.close()

    async def met(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await opened()
        await asyncio.gather(copied(reader, there_writer), copied(there_reader, writer))

    return met


def _confine() -> None:
    def mount(*arguments: str) -> None:
        subprocess.run(["mount", *arguments], check=True)

    mount("--make-rprivate", "/")
    mount("--bind", "/tmp", "/tmp")
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        place, options = line.split()[4:6]
        if not place.startswith(_KERNELS_OWN):
            kept = ",".join(each for each in options.split(",") if each not in {"rw", "ro"})
            mount("-o", f"remount,bind,ro,{kept}", place)
    here = str(Path.cwd())
    mount("--bind", here, here)
    mount("-o", "remount,bind,ro", here)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)


def _check() -> None:
    """End where a file can be written, or another machine be reached."""
    for folder in (Path.cwd(), Path.home(), Path(sys.prefix)):
        try:
            (folder / "written").touch()
        except OSError as error:
            assert error.errno == errno.EROFS, error
        else:
            raise AssertionError(f"{folder} can be written")
    try:
        socket.create_connection(_ELSEWHERE, 1)
    except OSError as error:
        assert error.errno == errno.ENETUNREACH, error
    else:
        raise AssertionError("another machine can be reached")


async def _main(port: int, place: str, *program: str) -> int:
    def outside() -> Awaitable[Connection]:
        return asyncio.open_unix_connection(place)

    async with await asyncio.start_server(_leading_to(outside), "127.0.0.1", port):
        return await (await asyncio.create_subprocess_exec(*program)).wait()


if __name__ == "__main__":
    _confine()
    os.chdir(Path.cwd())  # onto what is mounted there now
    _check()
    sys.exit(asyncio.run(_main(int(sys.argv[1]), *sys.argv[2:])))
