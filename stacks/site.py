"""Where a stack builds: what is planned for one account, and as whom it acts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from range.plan import names
from range.records.plan import Enclave, Plan
from stacks.documents.language import Place


@dataclass(frozen=True)
class Site:
    """One enclave, or the hub, and the two accounts that its stack may touch."""

    plan: Plan
    enclave: Enclave
    tags: Mapping[str, str]
    """What everything in the stack carries."""
    account: aws.Provider
    """Acts in the enclave's own account."""
    hub: aws.Provider
    """Acts in the hub's account, on what the enclave has there."""
    public_key: str
    """Of the controller, as OpenSSH writes it."""

    @property
    def place(self) -> Place:
        """The enclave's account and Region."""
        return Place(self.plan.region, self.enclave.account)

    @property
    def hub_place(self) -> Place:
        """The hub's account and Region."""
        return Place(self.plan.region, self.plan.hub.account)

    @property
    def boundary(self) -> str:
        """The name of the permissions boundary, the same in every account of the exercise."""
        return f"{self.plan.exercise}-boundary"

    @property
    def secret(self) -> str:
        """The name of the secret with the hosts' password."""
        return f"{self.plan.exercise}/{self.enclave.name}/hosts"

    @property
    def zones_let_out(self) -> tuple[str, ...]:
        """The enclave's zones that may reach the internet."""
        flows = [flow for flow in self.plan.flows if flow.kind == "egress"]
        return tuple(dict.fromkeys(flow.source.zone for flow in flows if flow.source.enclave == self.enclave.name))

    @property
    def prefix(self) -> str:
        """What every AWS name of the enclave begins with: `steadfast-est`."""
        return f"{self.plan.exercise}-{self.enclave.name}"

    def name(self, part: str) -> str:
        """Name something of the enclave in AWS: `steadfast-est-targets`."""
        return names.resource_name(self.plan, self.enclave.name, part)

    def log_group(self, part: str) -> str:
        """Name a log group of the enclave: `/range/steadfast/est/flow`."""
        return f"/range/{self.plan.exercise}/{self.enclave.name}/{part}"

    def in_account(self) -> pulumi.ResourceOptions:
        """Options for a component in the enclave's account; its children act there too."""
        return pulumi.ResourceOptions(provider=self.account)

    def in_hub(self) -> pulumi.ResourceOptions:
        """Options for a component in the hub's account."""
        return pulumi.ResourceOptions(provider=self.hub)


def site(plan: Plan, enclave: Enclave, state_id: str, public_key: str) -> Site:
    """Make the explicit providers: one where the enclave is the hub, else one per account."""
    tags = names.tags(plan, enclave.name, state_id)
    hub = _provider("hub", plan, plan.hub.account, tags)
    own = hub if enclave.kind == "hub" else _provider("ally", plan, enclave.account, tags)
    return Site(plan=plan, enclave=enclave, tags=tags, account=own, hub=hub, public_key=public_key)


def _provider(name: str, plan: Plan, account: str, tags: Mapping[str, str]) -> aws.Provider:
    """Enter an account as the controller, tag everything that is made, and refuse to act in any other account."""
    place = Place(plan.region, account)
    return aws.Provider(
        name,
        region=plan.region,
        allowed_account_ids=[account],
        assume_roles=[
            aws.ProviderAssumeRoleArgs(
                role_arn=names.controller_role_arn(plan, account, place.partition),
                external_id=plan.external_id,
                session_name=f"pulumi-{plan.exercise}",
            )
        ],
        default_tags=aws.ProviderDefaultTagsArgs(tags=dict(tags)),
    )
