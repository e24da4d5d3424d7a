"""What of SQS is ours: tasks that move messages out of a dead-letter queue.

Queues and messages are ministack's.
"""

from local_aws.sqs import calls


def install() -> None:
    """Add the operations to ministack's."""
    calls.install()
