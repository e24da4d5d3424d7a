"""Calls that tests write by hand, without a client of AWS."""


def unsigned_root(service: str) -> dict[str, str]:
    """Return the header that makes a call by hand one of the account's root.

    Parameters
    ----------
    service : str
        As its signatures name it, such as ``kinesis``.
    """
    scope = f"test/20261122/us-east-1/{service}/aws4_request"
    signed = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"
    return {"Authorization": signed}
