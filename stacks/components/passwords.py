"""The one secret of an enclave: the password of its hosts' rescue user."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_aws import secretsmanager

LENGTH = 32


@dataclass(frozen=True)
class HostPasswordArgs:
    """What the secret is called, and with what it is encrypted."""

    secret: str
    key_arn: pulumi.Output[str]


class HostPassword(pulumi.ComponentResource):
    """A password that AWS made up once, kept in Secrets Manager and encrypted in Pulumi's state."""

    secret_arn: pulumi.Output[str]

    def __init__(self, name: str, args: HostPasswordArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Ask AWS for a password, and keep the first one.

        AWS gives another on every run, which is why later ones are ignored; a reset puts in a new version itself.
        Deleting waits for nothing, or the same enclave couldn't be made again the same day.
        """
        super().__init__("range:passwords:HostPassword", name, None, opts)
        secret = secretsmanager.Secret(
            name,
            name=args.secret,
            description="Password of the hosts' rescue user",
            kms_key_id=args.key_arn,
            recovery_window_in_days=0,
            opts=pulumi.ResourceOptions(parent=self),
        )
        made_up = secretsmanager.get_random_password_output(
            password_length=LENGTH,
            exclude_punctuation=True,
            require_each_included_type=True,
            opts=pulumi.InvokeOutputOptions(parent=self),
        )
        secretsmanager.SecretVersion(
            name,
            secret_id=secret.id,
            secret_string=pulumi.Output.secret(made_up.random_password),
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["secret_string"]),
        )
        self.secret_arn = secret.arn
        self.register_outputs({"secret_arn": secret.arn})
