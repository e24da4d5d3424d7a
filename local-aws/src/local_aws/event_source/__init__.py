"""Event source mappings of Kinesis: records of a stream, in batches, to a function.

Rules and figures are those of docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html and the pages
below it, and of what other projects recorded from the service. Mappings of queues and of DynamoDB's
streams are ministack's.
"""
