"""Temporary credentials of a role, as STS gives them to a service on its behalf."""

import secrets
import time

from local_aws.ministack.foreign import sts

LIFE_S = 12 * 3600


def of_role(role: str, session: str, seconds: float = LIFE_S) -> dict[str, str]:
    """Begin a session of a role.

    Parameters
    ----------
    role : str
        Its ARN.
    session : str
        What the session is called: Lambda takes the function's name.
    seconds : float
        How long they are good.

    Returns
    -------
    dict
        The three environment variables that every AWS SDK reads.
    """
    account = role.split(":")[4]
    name = role.rpartition("/")[2]
    access_key = f"ASIA{secrets.token_hex(8).upper()}"
    secret, token = secrets.token_hex(20), secrets.token_hex(64)
    sts.register_session(
        access_key,
        {
            "Arn": f"arn:aws:sts::{account}:assumed-role/{name}/{session[:64]}",
            "UserId": f"{sts._role_id(role)}:{session[:64]}",
            "AccountId": account,
            "PrincipalType": "AssumedRole",
            "SecretAccessKey": secret,
            "SessionToken": token,
            "Expiration": time.time() + seconds,
        },
    )
    return {
        "AWS_ACCESS_KEY_ID": access_key,
        "AWS_SECRET_ACCESS_KEY": secret,
        "AWS_SESSION_TOKEN": token,
    }
