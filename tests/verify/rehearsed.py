"""A rehearsal cloud that was left behind by `range up`, opened in this process to make faults in, by boto3."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any, cast

from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from range.cloud.sessions import Sessions
from range.errors import CloudError
from range.rehearsal.door import Answer, Cloud, Request
from range.rehearsal.transport import session
from tests.verify.cloud.whole import part_of

REGION = "eu-west-2"
_signer: ContextVar[Credentials] = ContextVar("signer")


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

    def call(self, service: str, operation: str, /, **parameters: Any) -> dict[str, Any]:
        """Make a call; what AWS refuses is a CloudError, as it is for the product."""
        token = _signer.set(self._credentials)
        try:
            return dict(getattr(_client(service), operation)(**parameters))
        except ClientError as refused:
            told = refused.response["Error"]
            raise CloudError(f"{operation}: {told['Code']}: {told['Message']}", code=told["Code"]) from refused
        finally:
            _signer.reset(token)


class Rehearsed:
    """One copy of the cloud, with a fault to be made in it."""

    def __init__(self, left: Path, folder: Path) -> None:
        shutil.copytree(left, folder, dirs_exist_ok=True)
        _RELAY.cloud = self.cloud = Cloud(folder)
        operator = self.cloud.operator()
        self._operator = Entered("", Credentials(operator.access_key, operator.secret))
        self._entered: dict[str, Entered] = {}

    def account(self, account: str) -> Entered:
        """Enter an account as its administrator."""
        if account not in self._entered:
            role = f"arn:aws:iam::{account}:role/OrganizationAccountAccessRole"
            keys = self._operator.call("sts", "assume_role", RoleArn=role, RoleSessionName="test")["Credentials"]
            found = Credentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
            self._entered[account] = Entered(account, found)
        return self._entered[account]

    @property
    def sessions(self) -> Sessions:
        """Give what a snapshot is taken through."""
        return cast("Sessions", self)

    def call(self, account: str, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """Make one call of a fault, and what AWS wants besides that the small cloud doesn't."""
        service, _, method = operation.partition(".")
        entered = self.account(account)
        prepare = _BESIDES.get(method)
        said = entered.call(service, method, **(prepare(entered, parameters) if prepare else parameters))
        after = _AFTERWARDS.get(method)
        if after is not None:
            after(self, entered, parameters, said)
        return said

    def look(self, account: str, what: str, of: str) -> str:
        """Look something up that no call gave: the association of a subnet with its ACL, or a part of a block."""
        if what != "acl_association":
            return part_of(what, of)
        filters = [{"Name": "association.subnet-id", "Values": [of]}]
        (acl,) = self.account(account).call("ec2", "describe_network_acls", Filters=filters)["NetworkAcls"]
        return next(str(one["NetworkAclAssociationId"]) for one in acl["Associations"] if one["SubnetId"] == of)


def _instance(entered: Entered, asked: dict[str, Any]) -> dict[str, Any]:
    """Choose an image that there is."""
    images = entered.call("ec2", "describe_images", Owners=["136693071363"])["Images"]
    return {**asked, "ImageId": images[0]["ImageId"], "InstanceType": "t3.micro"}


def _referred(_: Entered, asked: dict[str, Any]) -> dict[str, Any]:
    """Add what only makes a call unique."""
    return {**asked, "CreatorRequestId": asked.get("CreatorRequestId", "rehearsed")}


def _empty_group(_: Rehearsed, entered: Entered, __: dict[str, Any], said: dict[str, Any]) -> None:
    """Take away the leave to send everywhere that AWS gives a new group."""
    filters = [{"Name": "group-id", "Values": [said["GroupId"]]}]
    rules = entered.call("ec2", "describe_security_group_rules", Filters=filters)["SecurityGroupRules"]
    names = [rule["SecurityGroupRuleId"] for rule in rules if rule["IsEgress"]]
    if names:
        entered.call("ec2", "revoke_security_group_egress", GroupId=said["GroupId"], SecurityGroupRuleIds=names)


def _accept(cloud: Rehearsed, entered: Entered, asked: dict[str, Any], said: dict[str, Any]) -> None:
    """Let the gateway's owner accept an attachment, and wait until it works."""
    name = said["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"]
    gateways = entered.call("ec2", "describe_transit_gateways", TransitGatewayIds=[asked["TransitGatewayId"]])
    owner = cloud.account(gateways["TransitGateways"][0]["OwnerId"])
    _until(entered, name, {"pendingAcceptance", "available"})
    if owner.id != entered.id:
        owner.call("ec2", "accept_transit_gateway_vpc_attachment", TransitGatewayAttachmentId=name)
    _until(entered, name, {"available"})


def _until(entered: Entered, attachment: str, states: set[str]) -> None:
    """Look until an attachment is in one of some states."""
    for _ in range(10):
        asked = {"TransitGatewayAttachmentIds": [attachment]}
        (found,) = entered.call("ec2", "describe_transit_gateway_vpc_attachments", **asked)[
            "TransitGatewayVpcAttachments"
        ]
        if found["State"] in states:
            return


_BESIDES: dict[str, Callable[[Entered, dict[str, Any]], dict[str, Any]]] = {
    "run_instances": _instance,
    "create_firewall_rule": _referred,
}
_AFTERWARDS: dict[str, Callable[[Rehearsed, Entered, dict[str, Any], dict[str, Any]], None]] = {
    "create_security_group": _empty_group,
    "create_transit_gateway_vpc_attachment": _accept,
}
