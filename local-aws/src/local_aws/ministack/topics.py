"""Topics of SNS, as services of our own publish to them."""

from local_aws.ministack import event_loop, saving
from local_aws.ministack.foreign import sns
from local_aws.tenant import current


def publish(arn: str, message: str, subject: str, source: str) -> str | None:
    """Publish to a topic for the present request's account, as CloudWatch does.

    Parameters
    ----------
    arn : str
        The topic.
    message, subject : str
        What subscribers read.
    source : str
        The ARN of what publishes, which the topic's policy may ask for.

    Returns
    -------
    str or None
        Why it was not published, None where it was.
    """
    if sns._topic_by_arn_any_scope(arn) is None:
        return f"Topic does not exist: {arn}"
    if not sns.topic_policy_allows(arn, "cloudwatch.amazonaws.com", source, current().account):
        return f"CloudWatch is not authorized to perform: SNS:Publish on resource: {arn}"
    try:
        published = event_loop.call(lambda: sns.publish_internal(arn, message, subject))
    except sns.SnsPublishError as error:
        return str(error)
    saving.soon("sns", "sqs")
    return None if published else f"Topic does not exist: {arn}"  # deleted a moment ago
