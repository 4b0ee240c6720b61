"""Rotating what players could have seen: the password of an enclave's hosts."""

from __future__ import annotations

from range.cloud.sessions import Account

LENGTH = 32


def rotate(account: Account, secret: str) -> str:
    """Give a secret another value that nobody has seen; gives the id of its new version."""
    made_up = account.call(
        "secretsmanager",
        "get_random_password",
        PasswordLength=LENGTH,
        ExcludePunctuation=True,
        RequireEachIncludedType=True,
    )
    answer = account.call("secretsmanager", "put_secret_value", SecretId=secret, SecretString=made_up["RandomPassword"])
    return str(answer["VersionId"])
