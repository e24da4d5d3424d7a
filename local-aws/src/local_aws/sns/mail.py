"""Mail: one file a message in the outbox, which every mail program opens."""

from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

from local_aws.ministack.foreign import sns

LONGEST_LINE = 998
"""Bytes of a line of mail (RFC 5322, section 2.1.1)."""
SENDER = "AWS Notifications <no-reply@sns.amazonaws.com>"


class Outbox:
    """The folder of what was sent.

    Parameters
    ----------
    folder : Path
        Made when the first message is sent. A message is whole as soon as its file is there, and
        files sort by time.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, address: str, subject: str, text: str) -> None:
        """Write one message."""
        now = datetime.now(UTC)
        message = EmailMessage(policy=SMTP)
        message["From"] = SENDER
        message["To"] = address
        message["Subject"] = " ".join(subject.split())
        message["Date"] = now
        message["Message-ID"] = f"<{uuid4()}@sns.amazonaws.com>"
        # links stay whole for who opens the file as text
        short = max(map(len, text.splitlines()), default=0) * 4 <= LONGEST_LINE
        message.set_content(text, cte="8bit" if short else "quoted-printable")
        self._folder.mkdir(mode=0o700, exist_ok=True)
        name = f"{now:%Y%m%dT%H%M%S}.{now.microsecond:06d}-{uuid4().hex[:8]}"
        draft = self._folder / f".{name}"
        draft.write_bytes(message.as_bytes())
        draft.rename(self._folder / f"{name}.eml")


def link(action: str, **parameters: str) -> str:
    """Make a link of this server that a person can open."""
    query = urlencode({"Action": action, **parameters})
    return f"http://{sns._HOST}:{sns._PORT}/?{query}"


def confirmation(topic: str, token: str) -> tuple[str, str]:
    """Make the subject and the text that ask for a confirmation."""
    confirm = link("ConfirmSubscription", TopicArn=topic, Token=token)
    text = (
        f"This address is to get what is published to the topic\n{topic}\n\n"
        f"To confirm it, open this link within two days:\n{confirm}\n\n"
        "Without it nothing more is sent.\n"
    )
    return "AWS Notification - Subscription Confirmation", text


def notification(subject: str, text: str, subscription: str) -> tuple[str, str]:
    """Make the subject and the text of a message."""
    leave = link("Unsubscribe", SubscriptionArn=subscription)
    return (
        subject or "AWS Notification Message",
        f"{text}\n\n--\nTo get no more messages of this topic, open this link:\n{leave}\n",
    )
