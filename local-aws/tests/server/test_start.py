"""What a server has not done when it is ready, and does when it is asked."""

import subprocess
import sys

NOTHING_OF_STACKS = """
import asyncio, sys, tempfile
from pathlib import Path
from local_aws.folder import open_folder
from local_aws.ministack import environment

folder, _lock = open_folder(Path(tempfile.mkdtemp()))
environment.configure(folder, "127.0.0.1", 1)
from local_aws import server
import socket

def ready():
    stop.set()
    print(*[name for name in sys.modules if name.startswith("ministack.services.cloudformation.")])

async def run():
    global stop
    stop = asyncio.Event()
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    await server.serve(folder, listener, "http://127.0.0.1:1", stop, ready)

asyncio.run(run())
"""


def test_what_stacks_need_is_not_imported_before_the_first_of_them() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", NOTHING_OF_STACKS],
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (ran.returncode, ran.stdout.strip()) == (0, ""), ran.stderr
