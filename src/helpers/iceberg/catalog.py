"""The Glue catalog as pyiceberg sees it, with boto3's endpoint, region and credentials."""

from pyiceberg.catalog.glue import GlueCatalog
from pyiceberg.exceptions import NoSuchIcebergTableError, NoSuchTableError
from pyiceberg.table import Table

from helpers import aws
from helpers.errors import InputError


def opened() -> GlueCatalog:
    """Open the catalog of the account; its files are read and written by Arrow."""
    s3 = aws.client("s3")
    credentials = aws.credentials()
    given = {
        "s3.endpoint": s3.meta.endpoint_url,
        "s3.region": s3.meta.region_name,
        "s3.access-key-id": credentials.access_key,
        "s3.secret-access-key": credentials.secret_key,
        "s3.session-token": credentials.token,
    }
    properties = {name: value for name, value in given.items() if value is not None}
    return GlueCatalog("glue", client=aws.client("glue"), **properties)


def find(database: str, table: str) -> Table | None:
    """Return an Iceberg table; None where there is no table of that name.

    Parameters
    ----------
    database, table : str
        Its names in Glue.

    Raises
    ------
    InputError
        Where the table of that name is no Iceberg table.
    """
    try:
        return opened().load_table((database, table))
    except NoSuchIcebergTableError as error:
        raise InputError(f"{database}.{table} is no Iceberg table") from error
    except NoSuchTableError:
        return None
