"""What a stack's resources are, read through the services' own calls, in the template's shape."""

import json
from collections.abc import Callable
from typing import Any

Record = dict[str, Any]
Client = Callable[[str], Any]


def _tags(tags: Any) -> list[Record]:
    if isinstance(tags, dict):
        return [{"Key": key, "Value": value} for key, value in tags.items()]
    return [{"Key": tag["Key"], "Value": tag["Value"]} for tag in tags]


def bucket(client: Client, name: str) -> Record:
    s3 = client("s3")
    owner = s3.get_bucket_ownership_controls(Bucket=name)["OwnershipControls"]
    found: Record = {"BucketName": name, "OwnershipControls": owner}
    if name.endswith("-logs"):
        return found
    rules = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"]
    lifecycle = s3.get_bucket_lifecycle_configuration(Bucket=name)["Rules"]
    log = s3.get_bucket_logging(Bucket=name)["LoggingEnabled"]
    cors = s3.get_bucket_cors(Bucket=name)["CORSRules"]
    notify = s3.get_bucket_notification_configuration(Bucket=name)["QueueConfigurations"]
    return {
        **found,
        "BucketEncryption": {
            "ServerSideEncryptionConfiguration": [
                {
                    "BucketKeyEnabled": rule["BucketKeyEnabled"],
                    "ServerSideEncryptionByDefault": rule["ApplyServerSideEncryptionByDefault"],
                }
                for rule in rules
            ]
        },
        "VersioningConfiguration": {"Status": s3.get_bucket_versioning(Bucket=name)["Status"]},
        "LifecycleConfiguration": {"Rules": [_lifecycle(rule) for rule in lifecycle]},
        "LoggingConfiguration": {
            "DestinationBucketName": log["TargetBucket"],
            "LogFilePrefix": log["TargetPrefix"],
        },
        "PublicAccessBlockConfiguration": s3.get_public_access_block(Bucket=name)[
            "PublicAccessBlockConfiguration"
        ],
        "CorsConfiguration": {
            "CorsRules": [
                {
                    "Id": rule["ID"],
                    "ExposedHeaders": rule["ExposeHeaders"],
                    "MaxAge": rule["MaxAgeSeconds"],
                    **rule,
                }
                for rule in cors
            ]
        },
        "NotificationConfiguration": {
            "QueueConfigurations": [
                {
                    "Event": each["Events"][0],
                    "Queue": each["QueueArn"],
                    "Filter": {
                        "S3Key": {
                            "Rules": [
                                {**rule, "Name": rule["Name"].lower()}
                                for rule in each["Filter"]["Key"]["FilterRules"]
                            ]
                        }
                    },
                }
                for each in notify
            ]
        },
        "Tags": s3.get_bucket_tagging(Bucket=name)["TagSet"],
    }


def _lifecycle(rule: Record) -> Record:
    found = {
        "Id": rule["ID"],
        "Status": rule["Status"],
        "ExpirationInDays": rule.get("Expiration", {}).get("Days"),
        "NoncurrentVersionExpiration": rule.get("NoncurrentVersionExpiration"),
        "AbortIncompleteMultipartUpload": rule.get("AbortIncompleteMultipartUpload"),
        "Prefix": rule.get("Filter", {}).get("Prefix"),
    }
    return {name: value for name, value in found.items() if value is not None}


def bucket_policy(client: Client, name: str) -> Record:
    policy = client("s3").get_bucket_policy(Bucket=name)["Policy"]
    return {"Bucket": name, "PolicyDocument": json.loads(policy)}


def stream(client: Client, name: str) -> Record:
    kinesis = client("kinesis")
    found = kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]
    return {
        "Arn": found["StreamARN"],
        "Name": found["StreamName"],
        "ShardCount": found["OpenShardCount"],
        "StreamModeDetails": found["StreamModeDetails"],
        "RetentionPeriodHours": found["RetentionPeriodHours"],
        "StreamEncryption": {"EncryptionType": found["EncryptionType"], "KeyId": found["KeyId"]},
        "DesiredShardLevelMetrics": found["EnhancedMonitoring"][0]["ShardLevelMetrics"],
        "MaxRecordSizeInKiB": found["MaxRecordSizeInKiB"],
        "Tags": kinesis.list_tags_for_stream(StreamName=name)["Tags"],
    }


def consumer(client: Client, arn: str) -> Record:
    kinesis = client("kinesis")
    found = kinesis.describe_stream_consumer(ConsumerARN=arn)["ConsumerDescription"]
    return {**found, "Tags": kinesis.list_tags_for_resource(ResourceARN=arn)["Tags"]}


def database(client: Client, name: str) -> Record:
    found = client("glue").get_database(Name=name)["Database"]
    return {"CatalogId": found["CatalogId"], "DatabaseName": found["Name"], "DatabaseInput": found}


def table(client: Client, name: str) -> Record:
    found = client("glue").get_table(DatabaseName="everything", Name=name)["Table"]
    place = {"CatalogId": found["CatalogId"], "DatabaseName": found["DatabaseName"]}
    return {**place, "Name": found["Name"], "TableInput": found}


def workgroup(client: Client, name: str) -> Record:
    athena = client("athena")
    found = athena.get_work_group(WorkGroup=name)["WorkGroup"]
    arn = f"arn:aws:athena:us-east-1:000000000000:workgroup/{name}"
    return {
        **found,
        "WorkGroupConfiguration": found["Configuration"],
        "Tags": athena.list_tags_for_resource(ResourceARN=arn)["Tags"],
    }


def named_query(client: Client, query: str) -> Record:
    return dict(client("athena").get_named_query(NamedQueryId=query)["NamedQuery"])


def items(client: Client, name: str) -> Record:
    dynamodb = client("dynamodb")
    found = dynamodb.describe_table(TableName=name)["Table"]
    ttl = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    backups = dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    recovery = backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"]
    encryption = found.get("SSEDescription", {})
    return {
        **found,
        "BillingMode": found.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED"),
        "TableClass": found.get("TableClassSummary", {}).get("TableClass", "STANDARD"),
        "SSESpecification": {
            "SSEEnabled": encryption.get("Status") == "ENABLED",
            "SSEType": encryption.get("SSEType"),
        },
        "TimeToLiveSpecification": {
            "Enabled": ttl["TimeToLiveStatus"] == "ENABLED",
            "AttributeName": ttl.get("AttributeName"),
        },
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": recovery == "ENABLED"},
        "Tags": dynamodb.list_tags_of_resource(ResourceArn=found["TableArn"])["Tags"],
    }


def role(client: Client, name: str) -> Record:
    iam = client("iam")
    found = iam.get_role(RoleName=name)["Role"]
    attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    written = {
        each: iam.get_role_policy(RoleName=name, PolicyName=each)["PolicyDocument"]
        for each in iam.list_role_policies(RoleName=name)["PolicyNames"]
    }
    return {
        **found,
        "PermissionsBoundary": found["PermissionsBoundary"]["PermissionsBoundaryArn"],
        "ManagedPolicyArns": [each["PolicyArn"] for each in attached if "boundary" in str(each)],
        "Policies": [{"PolicyName": "inline", "PolicyDocument": written["inline"]}],
    }


def inline_policy(client: Client, _id: str) -> Record:
    found = client("iam").get_role_policy(RoleName="everything", PolicyName="also")
    return {**found, "Roles": [found["RoleName"]]}


def managed_policy(client: Client, arn: str) -> Record:
    iam = client("iam")
    found = iam.get_policy(PolicyArn=arn)["Policy"]
    version = iam.get_policy_version(PolicyArn=arn, VersionId=found["DefaultVersionId"])
    held = iam.list_entities_for_policy(PolicyArn=arn)["PolicyRoles"]
    return {
        **found,
        "ManagedPolicyName": found["PolicyName"],
        "PolicyDocument": version["PolicyVersion"]["Document"],
        "Roles": [each["RoleName"] for each in held],
    }


def log_group(client: Client, name: str) -> Record:
    logs = client("logs")
    found = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"][0]
    arn = found["arn"].removesuffix(":*")
    return {
        "LogGroupName": found["logGroupName"],
        "LogGroupClass": found["logGroupClass"],
        "RetentionInDays": found["retentionInDays"],
        "Tags": _tags(logs.list_tags_for_resource(resourceArn=arn)["tags"]),
    }


def log_stream(client: Client, name: str) -> Record:
    group = "/aws/lambda/everything"
    found = client("logs").describe_log_streams(logGroupName=group, logStreamNamePrefix=name)
    return {"LogGroupName": group, "LogStreamName": found["logStreams"][0]["logStreamName"]}


def metric_filter(client: Client, name: str) -> Record:
    answer = client("logs").describe_metric_filters(logGroupName="/aws/lambda/everything")
    found = next(each for each in answer["metricFilters"] if each["filterName"] == name)
    return {
        "FilterName": name,
        "LogGroupName": found["logGroupName"],
        "FilterPattern": found["filterPattern"],
        "MetricTransformations": [
            {
                "MetricName": each["metricName"],
                "MetricNamespace": each["metricNamespace"],
                "MetricValue": each["metricValue"],
                "Unit": each["unit"],
                "Dimensions": _tags(each["dimensions"]),
            }
            for each in found["metricTransformations"]
        ],
    }


def function(client: Client, name: str) -> Record:
    lambda_ = client("lambda")
    found = lambda_.get_function(FunctionName=name)
    settings = found["Configuration"]
    recursion = lambda_.get_function_recursion_config(FunctionName=name)
    return {
        **settings,
        "Code": {"ZipFile": settings["CodeSize"] > 0},
        "ReservedConcurrentExecutions": found["Concurrency"]["ReservedConcurrentExecutions"],
        "RecursiveLoop": recursion["RecursiveLoop"],
        "Layers": settings.get("Layers", []),
        "Tags": _tags(found["Tags"]),
    }


def event_source(client: Client, uuid: str) -> Record:
    found = client("lambda").get_event_source_mapping(UUID=uuid)
    name = found["FunctionArn"].rpartition(":")[2]
    return {**found, "FunctionName": name, "Enabled": found["State"] in {"Enabled", "Enabling"}}


def permission(client: Client, statement: str) -> Record:
    policy = json.loads(client("lambda").get_policy(FunctionName="everything")["Policy"])
    found = next(each for each in policy["Statement"] if each["Sid"] == statement)
    conditions = found["Condition"]
    return {
        "FunctionName": found["Resource"].rpartition(":")[2],
        "Action": found["Action"],
        "Principal": found["Principal"]["Service"],
        "SourceAccount": conditions["StringEquals"]["AWS:SourceAccount"],
        "SourceArn": conditions["ArnLike"]["AWS:SourceArn"],
    }


def queue(client: Client, url: str) -> Record:
    sqs = client("sqs")
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    return {
        **found,
        "Arn": found["QueueArn"],
        "QueueName": found["QueueArn"].rpartition(":")[2],
        "RedrivePolicy": json.loads(found.get("RedrivePolicy", "{}")),
        "RedriveAllowPolicy": json.loads(found.get("RedriveAllowPolicy", "{}")),
        "Tags": _tags(sqs.list_queue_tags(QueueUrl=url).get("Tags", {})),
    }


def queue_policy(client: Client, _id: str) -> Record:
    sqs = client("sqs")
    url = sqs.get_queue_url(QueueName="everything")["QueueUrl"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])["Attributes"]
    return {"Queues": [url], "PolicyDocument": json.loads(found["Policy"])}


def topic(client: Client, arn: str) -> Record:
    sns = client("sns")
    found = sns.get_topic_attributes(TopicArn=arn)["Attributes"]
    subscribed = sns.list_subscriptions_by_topic(TopicArn=arn)["Subscriptions"]
    dead = [each for each in subscribed if "Dead" in each["Endpoint"]]
    return {
        "TracingConfig": "PassThrough",  # told only where it is another
        **found,
        "TopicName": arn.rpartition(":")[2],
        "Subscription": [{m: each[m] for m in ("Protocol", "Endpoint")} for each in dead],
        "Tags": sns.list_tags_for_resource(ResourceArn=arn)["Tags"],
    }


def subscription(client: Client, arn: str) -> Record:
    found = client("sns").get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
    structures = ("FilterPolicy", "RedrivePolicy")
    return {**found, **{name: json.loads(found[name]) for name in structures}}


def topic_policy(client: Client, _id: str) -> Record:
    sns = client("sns")
    arn = next(
        t["TopicArn"] for t in sns.list_topics()["Topics"] if t["TopicArn"].endswith(":everything")
    )
    policy = sns.get_topic_attributes(TopicArn=arn)["Attributes"]["Policy"]
    return {"Topics": [arn], "PolicyDocument": json.loads(policy)}


def alarm(client: Client, name: str) -> Record:
    cloudwatch = client("cloudwatch")
    found = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"][0]
    tags = cloudwatch.list_tags_for_resource(ResourceARN=found["AlarmArn"])["Tags"]
    return {**found, "Tags": tags}


def composite(client: Client, name: str) -> Record:
    cloudwatch = client("cloudwatch")
    answer = cloudwatch.describe_alarms(AlarmNames=[name], AlarmTypes=["CompositeAlarm"])
    found = answer["CompositeAlarms"][0]
    tags = cloudwatch.list_tags_for_resource(ResourceARN=found["AlarmArn"])["Tags"]
    return {**found, "Tags": tags}


def dashboard(client: Client, name: str) -> Record:
    return dict(client("cloudwatch").get_dashboard(DashboardName=name))


def budget(client: Client, name: str) -> Record:
    budgets, account = client("budgets"), "000000000000"
    whose = {"AccountId": account, "BudgetName": name}
    notifications = budgets.describe_notifications_for_budget(**whose)["Notifications"]
    arn = f"arn:aws:budgets::{account}:budget/{name}"
    return {
        "Budget": budgets.describe_budget(**whose)["Budget"],
        "NotificationsWithSubscribers": [
            {
                "Notification": each,
                "Subscribers": budgets.describe_subscribers_for_notification(
                    **whose, Notification=each
                )["Subscribers"],
            }
            for each in notifications
        ],
        "ResourceTags": budgets.list_tags_for_resource(ResourceARN=arn)["ResourceTags"],
    }


def schedule(client: Client, name: str) -> Record:
    found = client("scheduler").get_schedule(Name=name)
    dates = {
        member: found[member].strftime("%Y-%m-%dT%H:%M:%S.000Z")
        for member in ("StartDate", "EndDate")
    }
    return {**found, **dates}


def delivery(client: Client, name: str) -> Record:
    firehose = client("firehose")
    answer = firehose.describe_delivery_stream(DeliveryStreamName=name)
    found = answer["DeliveryStreamDescription"]
    return {
        "DeliveryStreamName": name,
        "DeliveryStreamType": found["DeliveryStreamType"],
        "KinesisStreamSourceConfiguration": found["Source"]["KinesisStreamSourceDescription"],
        "ExtendedS3DestinationConfiguration": found["Destinations"][0][
            "ExtendedS3DestinationDescription"
        ],
        "Tags": firehose.list_tags_for_delivery_stream(DeliveryStreamName=name)["Tags"],
    }


def application(client: Client, name: str) -> Record:
    analytics = client("kinesisanalyticsv2")
    found = analytics.describe_application(ApplicationName=name)["ApplicationDetail"]
    told = found["ApplicationConfigurationDescription"]
    code = told["ApplicationCodeConfigurationDescription"]
    place = code["CodeContentDescription"]["S3ApplicationCodeLocationDescription"]
    return {
        **found,
        "ApplicationMaintenanceConfiguration": found[
            "ApplicationMaintenanceConfigurationDescription"
        ],
        "ApplicationConfiguration": {
            "ApplicationCodeConfiguration": {
                "CodeContentType": code["CodeContentType"],
                "CodeContent": {"S3ContentLocation": place},
            }
        },
        "Tags": analytics.list_tags_for_resource(ResourceARN=found["ApplicationARN"])["Tags"],
    }


def application_log(client: Client, option: str) -> Record:
    found = client("kinesisanalyticsv2").describe_application(ApplicationName="everything")
    options = found["ApplicationDetail"]["CloudWatchLoggingOptionDescriptions"]
    told = next(each for each in options if each["CloudWatchLoggingOptionId"] == option)
    stream = {"LogStreamARN": told["LogStreamARN"]}
    return {"ApplicationName": "everything", "CloudWatchLoggingOption": stream}


READERS: dict[str, Callable[[Client, str], Record]] = {
    "AWS::Athena::NamedQuery": named_query,
    "AWS::Athena::WorkGroup": workgroup,
    "AWS::Budgets::Budget": budget,
    "AWS::CloudWatch::Alarm": alarm,
    "AWS::CloudWatch::CompositeAlarm": composite,
    "AWS::CloudWatch::Dashboard": dashboard,
    "AWS::DynamoDB::Table": items,
    "AWS::Glue::Database": database,
    "AWS::Glue::Table": table,
    "AWS::IAM::ManagedPolicy": managed_policy,
    "AWS::IAM::Policy": inline_policy,
    "AWS::IAM::Role": role,
    "AWS::Kinesis::Stream": stream,
    "AWS::Kinesis::StreamConsumer": consumer,
    "AWS::KinesisAnalyticsV2::Application": application,
    "AWS::KinesisAnalyticsV2::ApplicationCloudWatchLoggingOption": application_log,
    "AWS::KinesisFirehose::DeliveryStream": delivery,
    "AWS::Lambda::EventSourceMapping": event_source,
    "AWS::Lambda::Function": function,
    "AWS::Lambda::Permission": permission,
    "AWS::Logs::LogGroup": log_group,
    "AWS::Logs::LogStream": log_stream,
    "AWS::Logs::MetricFilter": metric_filter,
    "AWS::S3::Bucket": bucket,
    "AWS::S3::BucketPolicy": bucket_policy,
    "AWS::SNS::Subscription": subscription,
    "AWS::SNS::Topic": topic,
    "AWS::SNS::TopicPolicy": topic_policy,
    "AWS::SQS::Queue": queue,
    "AWS::SQS::QueuePolicy": queue_policy,
    "AWS::Scheduler::Schedule": schedule,
}
