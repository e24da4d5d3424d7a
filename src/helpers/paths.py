"""Where things of the project are, whatever the working directory."""

from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]


def is_s3(location: str) -> bool:
    """Say whether a location is an S3 address.

    Parameters
    ----------
    location : str
        A path or an address such as ``s3://bucket/prefix/``.

    Returns
    -------
    bool
        True for ``s3://…``.
    """
    return location.startswith("s3://")


def local(location: str) -> Path:
    """Turn a parameter that names a local path into an absolute one.

    Notebooks run from their own folder in JupyterLab and from anywhere under
    papermill, so relative paths count from the project's folder.

    Parameters
    ----------
    location : str
        An absolute path, one that starts with ``~``, or one relative to the
        project's folder.

    Returns
    -------
    pathlib.Path
        The absolute path; nothing needs to exist there.

    Examples
    --------
    >>> local("data/small.csv") == PROJECT / "data/small.csv"
    True
    """
    return (PROJECT / Path(location).expanduser()).resolve()


def split_s3(location: str) -> tuple[str, str]:
    """Split an S3 address into bucket and key.

    Parameters
    ----------
    location : str
        ``s3://bucket/key``.

    Returns
    -------
    tuple of str
        The bucket and the key (empty where the address names a bucket only).

    Examples
    --------
    >>> split_s3("s3://shop/raw/2019-Oct.csv")
    ('shop', 'raw/2019-Oct.csv')
    """
    bucket, _, key = location.removeprefix("s3://").partition("/")
    return bucket, key
