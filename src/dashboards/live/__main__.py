"""The live page: `python -m dashboards.live --stage dev --port 8008`."""

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

from dashboards.live import serving, watching
from helpers import aws, bursts
from helpers.errors import PlatformError


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve the page until it is interrupted.

    Parameters
    ----------
    arguments : sequence of str, optional
        The command line; that of the process by default.

    Returns
    -------
    int
        0; 1 where AWS does not answer or the port is taken.
    """
    parser = argparse.ArgumentParser(prog="python -m dashboards.live", description=__doc__)
    parser.add_argument("--stage", default="dev", help="of the deployment whose alerts are shown")
    parser.add_argument("--port", type=int, default=8008)
    parsed = parser.parse_args(arguments)
    table, rule = f"ecommerce-{parsed.stage}-alerts", bursts.of_note()
    try:
        aws.check()
        server = serving.server(lambda: watching.look(table, rule, datetime.now(UTC)), parsed.port)
    except PlatformError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"Port {parsed.port}: {error.strerror}: name another with --port.\n")
        return 1
    print(f"Live: http://{serving.HOST}:{server.server_port}/", flush=True)
    with server:
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
