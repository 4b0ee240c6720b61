"""A rehearsal cloud in this process, to make ranges and faults in by boto3, as in the small cloud."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from functools import cache, cached_property
from pathlib import Path
from typing import Any, TypeAlias, cast
from uuid import uuid4

from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from range.cloud.sessions import Sessions
from range.errors import CloudError
from range.records.plan import Plan
from range.rehearsal.accounts import Member
from range.rehearsal.door import Answer, Cloud, Request
from range.rehearsal.transport import session
from tests.verify.cloud.whole import part_of

REGION = "eu-west-2"
_TRIES = 6
_NOT_YET = frozenset({"IncorrectState", "InvalidStateException", "DependencyViolation"})
"""What AWS refuses with until something that was asked for is done."""
_signer: ContextVar[Credentials] = ContextVar("signer")
Item: TypeAlias = dict[str, Any]


class _Relay:
    """Carries requests to whichever cloud is open, so that clients outlive clouds: making one takes long."""

    cloud: Cloud

    def answer(self, request: Request) -> Answer:
        """Answer a request in that cloud."""
        return self.cloud.answer(request)


_RELAY = _Relay()


@cache
def _client(service: str) -> Any:
    """Give the client of a service that everybody shares; each call says who signs it."""
    clients = session(cast("Cloud", _RELAY), "nobody", "nothing")
    clients.events.register("before-sign", _sign)
    return clients.client(service, region_name=REGION)


def _sign(request: Any, **_: Any) -> None:
    """Sign a request as whoever acts now."""
    request.context.setdefault("signing", {})["request_credentials"] = _signer.get()


class Entered:
    """An account that was entered, with the one method that a snapshot needs."""

    def __init__(self, account: str, credentials: Credentials) -> None:
        self.id, self._credentials = account, credentials

    def call(self, service: str, operation: str, /, **parameters: Any) -> Item:
        """Make a call; what AWS refuses is a CloudError, as it is for the product."""
        token = _signer.set(self._credentials)
        try:
            return dict(getattr(_client(service), operation)(**parameters))
        except ClientError as refused:
            told = refused.response["Error"]
            raise CloudError(f"{operation}: {told['Code']}: {told['Message']}", code=told["Code"]) from refused
        finally:
            _signer.reset(token)

    def pages(self, service: str, operation: str, /, **parameters: Any) -> list[Item]:
        """Give every page of a listing."""
        token = _signer.set(self._credentials)
        try:
            return list(_client(service).get_paginator(operation).paginate(**parameters))
        finally:
            _signer.reset(token)

    def patiently(self, service: str, operation: str, /, **parameters: Any) -> Item:
        """Make a call, again where AWS says that something isn't ready yet: every refusal lets time pass."""
        for _ in range(_TRIES - 1):
            try:
                return self.call(service, operation, **parameters)
            except CloudError as error:
                if error.code not in _NOT_YET:
                    raise
        return self.call(service, operation, **parameters)


class Rehearsed:
    """A rehearsal cloud in this process, entered account by account."""

    def __init__(self, plan: Plan, home: Path | None = None) -> None:
        _RELAY.cloud = self.cloud = Cloud(home)
        self.hub, self._plan = plan.hub.account, plan
        members = [Member(enclave.account, enclave.name) for enclave in (plan.hub, *plan.enclaves)]
        operator = self.cloud.seed(Member(plan.management_account, "management"), members)
        manager = Entered(plan.management_account, Credentials(operator.access_key, operator.secret))
        self._entered = {manager.id: manager}
        self.manager = manager
        manager.call("ram", "enable_sharing_with_aws_organization")

    def account(self, account: str) -> Entered:
        """Enter an account as its controller, whom no guardrail binds; as its administrator where there is none yet."""
        if account not in self._entered:
            try:
                keys = self._taken(account, self._plan.controller_role, ExternalId=self._plan.external_id)
            except CloudError:
                keys = self._taken(account, "OrganizationAccountAccessRole")
            found = Credentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
            self._entered[account] = Entered(account, found)
        return self._entered[account]

    def forget(self) -> None:
        """Enter every account anew when it is asked for again: as its controller, once there is one."""
        self._entered = {self.manager.id: self.manager}

    def _taken(self, account: str, name: str, **more: str) -> dict[str, str]:
        """Take a role of an account."""
        role = f"arn:aws:iam::{account}:role/{name}"
        taken = self.manager.call("sts", "assume_role", RoleArn=role, RoleSessionName="test", **more)
        return dict(taken["Credentials"])

    @cached_property
    def image(self) -> str:
        """Name an image that there is."""
        images = self.manager.call("ec2", "describe_images", Owners=["amazon"])["Images"]
        return str(images[0]["ImageId"])

    @property
    def sessions(self) -> Sessions:
        """Give what a snapshot is taken through."""
        return cast("Sessions", self)

    def call(self, account: str, operation: str, parameters: Item) -> Item:
        """Make one call of a range or a fault, and what AWS wants besides that the small cloud doesn't."""
        service, _, method = operation.partition(".")
        entered = self.account(account)
        prepare, after = _BESIDES.get(method), _AFTERWARDS.get(method)
        asked = prepare(self, entered, parameters) if prepare else parameters
        said = entered.patiently(service, method, **asked)
        if after is not None:
            after(self, entered, asked, said)
        return said

    def look(self, account: str, what: str, of: str) -> str:
        """Look something up that no call gave: the association of a subnet with its ACL, or a part of a block."""
        if what != "acl_association":
            return part_of(what, of)
        filters = [{"Name": "association.subnet-id", "Values": [of]}]
        (acl,) = self.account(account).call("ec2", "describe_network_acls", Filters=filters)["NetworkAcls"]
        return next(str(one["NetworkAclAssociationId"]) for one in acl["Associations"] if one["SubnetId"] == of)


def _instance(cloud: Rehearsed, _: Entered, asked: Item) -> Item:
    """Choose an image that there is."""
    return {"MinCount": 1, "MaxCount": 1, **asked, "ImageId": cloud.image, "InstanceType": "m5.large"}


def _referred(_: Rehearsed, __: Entered, asked: Item) -> Item:
    """Add what only makes a call unique."""
    return {"CreatorRequestId": uuid4().hex, **asked}


def _blocking(_: Rehearsed, __: Entered, asked: Item) -> Item:
    """Say what a rule that blocks answers with."""
    answer = {"BlockResponse": "NXDOMAIN"} if asked["Action"] == "BLOCK" else {}
    return {"CreatorRequestId": uuid4().hex, **answer, **asked}


def _described(_: Rehearsed, __: Entered, asked: Item) -> Item:
    """Add the description that AWS wants."""
    return {"Description": asked["GroupName"], **asked}


def _of_its_own(_: Rehearsed, __: Entered, asked: Item) -> Item:
    """Turn off what a new transit gateway does by itself."""
    by_itself = ("AutoAcceptSharedAttachments", "DefaultRouteTableAssociation", "DefaultRouteTablePropagation")
    return {"Options": {**dict.fromkeys(by_itself, "disable"), **asked.get("Options", {})}}


def _private(_: Rehearsed, __: Entered, asked: Item) -> Item:
    """Say that a zone is private, and which request it is."""
    return {"CallerReference": uuid4().hex, "HostedZoneConfig": {"PrivateZone": True}, **asked}


def _here(_: Rehearsed, __: Entered, asked: Item) -> Item:
    """Put a bucket into the Region."""
    return {"CreateBucketConfiguration": {"LocationConstraint": REGION}, **asked}


def _mirrored(_: Rehearsed, entered: Entered, asked: Item) -> Item:
    """Make the filter that a session wants."""
    if "TrafficMirrorFilterId" in asked:
        return asked
    made = entered.call("ec2", "create_traffic_mirror_filter")["TrafficMirrorFilter"]
    return {**asked, "TrafficMirrorFilterId": made["TrafficMirrorFilterId"]}


def _logged(_: Rehearsed, entered: Entered, asked: Item) -> Item:
    """Say of what the flow logs are; what goes to a log group needs a role to write with."""
    wanted = {"ResourceType": "VPC", "TrafficType": "ALL", **asked}
    if wanted["LogDestinationType"] == "cloud-watch-logs":
        wanted.setdefault("DeliverLogsPermissionArn", f"arn:aws:iam::{entered.id}:role/flow-logs")
    return wanted


def _empty_group(_: Rehearsed, entered: Entered, __: Item, said: Item) -> None:
    """Take away the leave to send everywhere that AWS gives a new group."""
    filters = [{"Name": "group-id", "Values": [said["GroupId"]]}]
    rules = entered.call("ec2", "describe_security_group_rules", Filters=filters)["SecurityGroupRules"]
    names = [rule["SecurityGroupRuleId"] for rule in rules if rule["IsEgress"]]
    if names:
        entered.call("ec2", "revoke_security_group_egress", GroupId=said["GroupId"], SecurityGroupRuleIds=names)


def _empty_acl(_: Rehearsed, entered: Entered, __: Item, said: Item) -> None:
    """Take away what AWS lets pass in a new VPC's own ACL, as the stacks do."""
    filters = [{"Name": "vpc-id", "Values": [said["Vpc"]["VpcId"]]}, {"Name": "default", "Values": ["true"]}]
    (acl,) = entered.call("ec2", "describe_network_acls", Filters=filters)["NetworkAcls"]
    for entry in acl["Entries"]:
        if entry["RuleAction"] == "allow":
            which = {"RuleNumber": entry["RuleNumber"], "Egress": entry["Egress"]}
            entered.call("ec2", "delete_network_acl_entry", NetworkAclId=acl["NetworkAclId"], **which)


def _shared(cloud: Rehearsed, entered: Entered, asked: Item) -> Item:
    """Let the gateway's owner share it with an account that doesn't see it yet."""
    if entered.id != cloud.hub:
        arn = f"arn:aws:ec2:{REGION}:{cloud.hub}:transit-gateway/{asked['TransitGatewayId']}"
        who = {"principals": [entered.id], "resourceArns": [arn]}
        cloud.account(cloud.hub).call("ram", "create_resource_share", name=f"with {entered.id}", **who)
    return asked


def _accept(cloud: Rehearsed, entered: Entered, asked: Item, said: Item) -> None:
    """Let the gateway's owner accept an attachment, and wait until it works."""
    name = said["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"]
    if entered.id != cloud.hub:
        hub = cloud.account(cloud.hub)
        hub.patiently("ec2", "accept_transit_gateway_vpc_attachment", TransitGatewayAttachmentId=name)


_BESIDES: dict[str, Callable[[Rehearsed, Entered, Item], Item]] = {
    "run_instances": _instance,
    "create_bucket": _here,
    "create_firewall_domain_list": _referred,
    "create_firewall_rule": _blocking,
    "create_firewall_rule_group": _referred,
    "associate_firewall_rule_group": _referred,
    "create_flow_logs": _logged,
    "create_hosted_zone": _private,
    "create_security_group": _described,
    "create_traffic_mirror_session": _mirrored,
    "create_transit_gateway": _of_its_own,
    "create_transit_gateway_vpc_attachment": _shared,
}
_AFTERWARDS: dict[str, Callable[[Rehearsed, Entered, Item, Item], None]] = {
    "create_security_group": _empty_group,
    "create_vpc": _empty_acl,
    "create_transit_gateway_vpc_attachment": _accept,
}
