"""One key per account, for every volume, bucket, log and secret in it."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_aws import kms

from stacks.documents.keys import KeyUsers, key_policy

SHORTEST_WAIT_DAYS = 7
"""How long a deleted key can be called back.

Source: AWS KMS API Reference, ScheduleKeyDeletion, PendingWindowInDays (read 2026-11-22).
"""


@dataclass(frozen=True)
class KeyArgs:
    """Whose key it is, and whom it serves."""

    alias: str
    """Without `alias/`."""
    description: str
    users: KeyUsers


class Key(pulumi.ComponentResource):
    """A key that rotates yearly, under a name by which people find it."""

    arn: pulumi.Output[str]

    def __init__(self, name: str, args: KeyArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make the key and its alias; destroying schedules the key's deletion, sooner AWS can't."""
        super().__init__("range:keys:Key", name, None, opts)
        key = kms.Key(
            "key",
            description=args.description,
            policy=key_policy(args.users),
            enable_key_rotation=True,
            deletion_window_in_days=SHORTEST_WAIT_DAYS,
            opts=pulumi.ResourceOptions(parent=self),
        )
        kms.Alias("key", name=f"alias/{args.alias}", target_key_id=key.id, opts=pulumi.ResourceOptions(parent=self))
        self.arn = key.arn
        self.register_outputs({"arn": key.arn})
