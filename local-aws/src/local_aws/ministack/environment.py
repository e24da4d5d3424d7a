"""How ministack is set up: it reads the process's environment once, when it is imported."""

import logging
import logging.handlers
import os
import tempfile

from local_aws.folder import DataFolder

ROOT_CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
LOG_BYTES = 5_000_000

# The services that ministack answers; it refuses every other one. Those that would start
# containers or listen on ports of their own (RDS, ElastiCache, DSQL, SFTP, IoT) are not among them.
MINISTACK_SERVICES = (
    "budgets",
    "cloudformation",
    "dynamodb",
    "dynamodbstreams",
    "events",
    "firehose",
    "glue",
    "iam",
    "kinesis",
    "kms",
    "lambda",
    "logs",
    "monitoring",
    "s3",
    "scheduler",
    "secretsmanager",
    "sns",
    "sqs",
    "ssm",
    "states",
    "sts",
    "tagging",
)


def configure(folder: DataFolder, host: str, port: int, *, iam: bool = False) -> None:
    """Set ministack's environment, temporary files and log for this process.

    Parameters
    ----------
    folder : DataFolder
        Where state, objects, temporary files and the log go.
    host, port : str, int
        The address that the server listens on; ministack builds queue and callback URLs with it.
    iam : bool
        Whether policies are enforced. The key ``test`` is then an account's root, and no other of
        the process's environment is.
    """
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]  # profiles and keys of whoever starts the server are not the server's
    os.environ.update(
        AUTH="true" if iam else "false",
        AWS_CONFIG_FILE=os.devnull,
        AWS_SHARED_CREDENTIALS_FILE=os.devnull,
        BIND_HOST=host,
        GATEWAY_PORT=str(port),
        PERSIST_STATE="1",
        STATE_DIR=str(folder.state),
        S3_PERSIST="1",
        S3_DATA_DIR=str(folder.objects),
        SERVICES=",".join(MINISTACK_SERVICES),
        IOT_MTLS_ENABLED="0",
        SFTP_ENABLED="0",
        LAMBDA_EXECUTOR="local",
        # no container engine is ever asked for anything
        DOCKER_HOST=f"unix://{folder.scratch}/no-docker.sock",
        LOG_LEVEL="WARNING",
        TMPDIR=str(folder.scratch),
    )
    if iam:
        os.environ.update(ROOT_CREDENTIALS)
        os.environ.pop("AWS_SESSION_TOKEN", None)
    tempfile.tempdir = str(folder.scratch)
    handler = logging.handlers.RotatingFileHandler(folder.log, maxBytes=LOG_BYTES, backupCount=1)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s [%(name)s] %(message)s"))
    # ministack's own basicConfig does nothing once the root logger has a handler
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
