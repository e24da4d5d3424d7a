"""What Athena says where whom it acts for has no leave."""

from local_aws.athena import managed
from local_aws.athena.errors import InvalidRequestError
from local_aws.iam.decisions import AccessDeniedError, as_caller
from local_aws.objects import split_uri


def check_output(prefix: str) -> None:
    """Refuse a query whose caller may not ask where the bucket of its results is.

    Raises
    ------
    InvalidRequestError
        In Athena's words, with the denial.
    """
    if managed.is_managed(prefix):
        return
    bucket, _ = split_uri(prefix)
    try:
        as_caller("s3:GetBucketLocation", f"arn:aws:s3:::{bucket}")
    except AccessDeniedError as denied:
        raise InvalidRequestError(
            f"Unable to verify/create output bucket {bucket}. {denied.message}"
        ) from None


def reason(denied: AccessDeniedError, query_id: str) -> str:
    """Word a denial that ended a query: the catalog's as it came, S3's with its path."""
    if ":s3:::" in denied.resource:
        path = denied.resource.replace("arn:aws:s3:::", "s3://")
        return f"Permission denied on S3 path: {path}. {denied.message}"
    return (
        f"{denied.message} (Service: AmazonDataCatalog; Status Code: 400; Error Code: "
        f"AccessDeniedException; Request ID: {query_id}; Proxy: null)"
    )
