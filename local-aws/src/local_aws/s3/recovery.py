"""What a kill left half done: the body of a write that nobody was told of, under older metadata.

ministack replaces an object's file and then the ``.meta.json`` beside it. A server killed between
the two would give the new bytes with the size and ETag, and as the version, of the old ones.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SIDECAR = ".meta.json"
VERSIONS = ".versions"


def recover(objects: Path) -> None:
    """Take unfinished writes back where a version is kept, and finish them elsewhere.

    Parameters
    ----------
    objects : Path
        The folder of all accounts' objects, before ministack has read it.
    """
    for body in _unfinished(objects):
        sidecar = Path(f"{body}{SIDECAR}")
        metadata = json.loads(sidecar.read_bytes())
        account, bucket = body.relative_to(objects).parts[:2]
        key = body.relative_to(objects / account / bucket)
        kept = objects / VERSIONS / account / bucket / _version(metadata) / key
        if kept.is_file():
            draft = Path(f"{body}.tmp")
            shutil.copyfile(kept, draft)
            draft.replace(body)
        elif not metadata.get("is_delete_marker"):
            with body.open("rb") as file:
                digest = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False))
            metadata.update(size=body.stat().st_size, etag=f'"{digest.hexdigest()}"', checksums={})
            draft = Path(f"{sidecar}.tmp")
            draft.write_text(json.dumps(metadata))
            draft.replace(sidecar)
        os.utime(sidecar)


def _unfinished(objects: Path) -> Iterator[Path]:
    for account in objects.iterdir():
        if account.name == VERSIONS or not account.is_dir():
            continue
        for folder, _, names in os.walk(account):
            there = set(names)
            for name in names:
                body = Path(folder, name)
                if f"{name}{SIDECAR}" in there:
                    written = Path(f"{body}{SIDECAR}").stat().st_mtime_ns
                    if body.stat().st_mtime_ns > written:
                        yield body


def _version(metadata: dict[str, Any]) -> str:
    """Return the version that an object's file holds by its metadata."""
    if not metadata.get("is_delete_marker"):
        return str(metadata.get("version_id") or "null")
    held = [v for v in metadata.get("versions", []) if not v.get("is_delete_marker")]
    return str(held[-1]["version_id"]) if held else "null"
