"""What may be published: the service's rules for messages and their subjects."""

import json
import re

from local_aws.sns.errors import invalid

# API_Publish: ASCII that begins with a letter, number or sign, without breaks, below 100 characters
_SUBJECT = re.compile(r"[!-~][ -~]{0,99}")


def check(message: str, subject: str | None, structure: str) -> None:
    """Check a publication.

    Parameters
    ----------
    message : str
        Text, or where ``structure`` is ``json`` an object with a text for each protocol.
    subject : str or None
        None where none was given.
    structure : str
        Empty or ``json``.

    Raises
    ------
    SnsError
        InvalidParameter in the service's words.
    """
    if not message:
        raise invalid("Empty message")
    if subject is not None and not _SUBJECT.fullmatch(subject):
        raise invalid("Subject")
    if not structure:
        return
    if structure != "json":
        raise invalid("MessageStructure")
    try:
        texts = json.loads(message)
    except ValueError:
        texts = None
    if not isinstance(texts, dict):
        raise invalid("Message Structure - JSON message body failed to parse")
    if not isinstance(texts.get("default"), str):
        raise invalid("Message Structure - No default entry in JSON message body")
