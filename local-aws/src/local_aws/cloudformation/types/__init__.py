"""The resource types that stacks can make, a module for each service."""

from local_aws.cloudformation.types import (
    athena,
    budgets,
    cloudwatch,
    dynamodb,
    firehose,
    functions,
    glue,
    iam,
    kinesis,
    kinesisanalytics,
    logs,
    quicksight,
    quicksight_groups,
    quicksight_schedules,
    s3,
    scheduler,
    sns,
    sqs,
)
from local_aws.cloudformation.types.model import Resource

TYPES: dict[str, Resource] = {
    **athena.TYPES,
    **budgets.TYPES,
    **cloudwatch.TYPES,
    **dynamodb.TYPES,
    **firehose.TYPES,
    **functions.TYPES,
    **glue.TYPES,
    **iam.TYPES,
    **kinesis.TYPES,
    **kinesisanalytics.TYPES,
    **logs.TYPES,
    **quicksight.TYPES,
    **quicksight_groups.TYPES,
    **quicksight_schedules.TYPES,
    **s3.TYPES,
    **scheduler.TYPES,
    **sns.TYPES,
    **sqs.TYPES,
}
