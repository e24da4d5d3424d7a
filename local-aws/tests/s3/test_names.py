"""Names of buckets that other services have as paths."""

import boto3


def test_a_bucket_may_be_called_as_a_catalog_s_path_begins(aws_env: str) -> None:
    s3 = boto3.client("s3")
    for bucket in ("iceberg", "iceberg-lake"):
        s3.create_bucket(Bucket=bucket)
        s3.put_object(Bucket=bucket, Key="catalogs/a", Body=b"x")
        assert s3.get_object(Bucket=bucket, Key="catalogs/a")["Body"].read() == b"x"
        assert s3.head_object(Bucket=bucket, Key="catalogs/a")["ContentLength"] == 1
        assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 1
