"""What a function's process begins with: sets the path as AWS does, then runs AWS's client.

It runs under the interpreter of the function and imports nothing of the local AWS.
"""

import os
import sys

_DAC_OVERRIDE = 1 << 1
_CAPABILITIES_V3 = 0x20080522


def _obey_permissions() -> None:
    """Let what is read-only be so: root writes everywhere unless it gives that up."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        return
    import ctypes  # noqa: PLC0415 - costs a cold start, and only root pays it

    libc = ctypes.CDLL(None)
    header = (ctypes.c_uint32 * 2)(_CAPABILITIES_V3, 0)
    sets = (ctypes.c_uint32 * 6)()  # effective, permitted, inheritable; then their upper halves
    if libc.capget(header, sets) == 0:
        for at in range(3):
            sets[at] &= ~_DAC_OVERRIDE
        libc.capset(header, sets)


def _main() -> None:
    task, layers, packages, handler = sys.argv[1:]
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    brought = [f"{layers}/python/lib/{version}/site-packages", f"{layers}/python"]
    # the first entry is this file's own folder
    sys.path[:] = [task, *brought, *sys.path[1:], packages]
    os.chdir(task)
    _obey_permissions()
    from awslambdaric.__main__ import main  # noqa: PLC0415 - found by the path that was just set

    main(["awslambdaric", handler])


if __name__ == "__main__":
    _main()
