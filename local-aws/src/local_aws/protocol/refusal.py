"""A refusal in the words of any service, for what stands before ministack's."""

from collections.abc import Mapping
from uuid import uuid4
from xml.sax.saxutils import escape

from local_aws.protocol.codec import CBOR, JSON
from local_aws.protocol.http import Answer

FORM = "application/x-www-form-urlencoded"


def written(
    service: str, code: str, message: str, status: int, headers: Mapping[str, str]
) -> Answer:
    """Write an error as the caller's protocol has it.

    Parameters
    ----------
    service : str
        As a policy names it.
    code, message : str
        Of the error.
    status : int
        The HTTP status.
    headers : mapping
        Of the request, in small letters: they say which protocol it speaks.
    """
    content_type = headers.get("content-type", "")
    form = content_type.startswith(FORM)
    if form or service == "s3":
        error = f"<Code>{code}</Code><Message>{escape(message)}</Message>"
        whole = f"<Error>{error}<RequestId>{uuid4()}</RequestId></Error>"
        if form:
            whole = f"<ErrorResponse><Error><Type>Sender</Type>{error}</Error></ErrorResponse>"
        return Answer(status, {"content-type": "text/xml"}, whole.encode())
    codec = CBOR if "cbor" in content_type else JSON
    said = {"content-type": content_type or JSON.content_type, "x-amzn-errortype": code}
    if content_type == "application/cbor":
        said["smithy-protocol"] = "rpc-v2-cbor"
    return Answer(status, said, codec.dumps({"__type": code, "message": message}))
