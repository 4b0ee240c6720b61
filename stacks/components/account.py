"""What holds for a whole account in its Region, whoever makes something there, and what it may cost."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_aws import budgets, ebs, ec2, s3


@dataclass(frozen=True)
class AccountArgs:
    """Which account, and with what it encrypts."""

    account: str
    key_arn: pulumi.Output[str]


class Account(pulumi.ComponentResource):
    """Safe defaults: nothing in S3 is public, every volume is encrypted with the account's key, IMDSv2 only."""

    def __init__(self, name: str, args: AccountArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Set the account's defaults; the key first, so that no volume gets AWS's own instead."""
        super().__init__("range:account:Account", name, None, opts)
        s3.AccountPublicAccessBlock(
            name,
            account_id=args.account,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=pulumi.ResourceOptions(parent=self),
        )
        key = ebs.DefaultKmsKey(name, key_arn=args.key_arn, opts=pulumi.ResourceOptions(parent=self))
        ebs.EncryptionByDefault(name, enabled=True, opts=pulumi.ResourceOptions(parent=self, depends_on=[key]))
        ec2.InstanceMetadataDefaults(
            name,
            http_endpoint="enabled",
            http_tokens="required",
            http_put_response_hop_limit=1,
            instance_metadata_tags="disabled",
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})


@dataclass(frozen=True)
class BudgetArgs:
    """What an account may cost per month, and who hears when it does."""

    name: str
    account: str
    usd_per_month: float
    contact: str


class Budget(pulumi.ComponentResource):
    """A monthly budget that writes to the ally's contact before it is spent, and when it will be."""

    def __init__(self, name: str, args: BudgetArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make the budget with its two notifications."""
        super().__init__("range:account:Budget", name, None, opts)
        budgets.Budget(
            name,
            name=args.name,
            account_id=args.account,
            budget_type="COST",
            limit_amount=f"{args.usd_per_month:.1f}",
            limit_unit="USD",
            time_unit="MONTHLY",
            notifications=[_notification("ACTUAL", 80, args.contact), _notification("FORECASTED", 100, args.contact)],
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})


def _notification(kind: str, percent: float, contact: str) -> budgets.BudgetNotificationArgs:
    return budgets.BudgetNotificationArgs(
        comparison_operator="GREATER_THAN",
        notification_type=kind,
        threshold=percent,
        threshold_type="PERCENTAGE",
        subscriber_email_addresses=[contact],
    )
