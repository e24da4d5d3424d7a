"""Buckets whose names begin with a path that ministack keeps for another service."""

from typing import Any

from local_aws.ministack.foreign import app

KEPT = "/iceberg"  # of an Iceberg REST catalog, which is not among our services


def install() -> None:
    """Let requests below the path go on to S3."""
    handle = app._handle_special_data_plane_request

    async def special(method: str, path: str, *rest: Any, **named: Any) -> Any:
        return None if path.startswith(KEPT) else await handle(method, path, *rest, **named)

    app.replace("_handle_special_data_plane_request", special)
