"""Amazon Athena, engine version 3: the API; `local_aws.engine` runs what is asked."""
