"""Who may do what: every call is decided by the policies of whom makes it.

Switched on by ``--iam``. `guard` decides the calls of clients to our own services, ministack's own
check (`enforcement` corrects and records it) those to its services, and `decisions.authorize` what
a service does for somebody: an event source that reads a stream with its function's role, an alarm
that publishes to a topic, Athena that reads S3 for whom started the query. A service that acts in
a role says so once::

    from local_aws.iam import decisions

    session = decisions.assume(role_arn, "lambda.amazonaws.com", "my-function")
    decisions.authorize(session.arn, "kinesis:GetRecords", stream_arn)

`authorize` does nothing where nothing is enforced, takes a role's ARN as well as a session's, or a
service's name (``sns.amazonaws.com``), which only the resource's own policy can allow.
`recording` writes each decision to ``iam.jsonl``; ``python -m local_aws.iam.unused`` tells from it
which granted actions were never used.
"""
