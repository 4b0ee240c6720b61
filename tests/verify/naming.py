"""Names for the parts of a range, such as `est.targets.group`, found in a snapshot of it: here, in a rehearsal, on AWS."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from range.plan import names
from range.plan.ranges import ally_ranges
from range.plan.rules import acl_entries
from range.records.plan import Enclave, Plan, Zone, ZoneName
from range.records.snapshot import Snapshot

Item = dict[str, Any]


class Names:
    """Every name of a range, with what it stands for."""

    def __init__(self, plan: Plan, snapshot: Snapshot) -> None:
        self._plan, self._snapshot = plan, snapshot
        self.of: dict[str, Any] = {"supernet": str(plan.supernet), "image": "ami-12345678"}
        self.of["management.account"] = plan.management_account
        for enclave in (plan.hub, *plan.enclaves):
            self._enclave(enclave)
        self._gateway()

    def _listed(self, operation: str, account: str) -> Iterator[Item]:
        """Give what an operation listed in an account."""
        for answer in self._snapshot.answers:
            if (answer.operation, answer.account) == (operation, account):
                for page in answer.pages:
                    for value in page.result.values():
                        if isinstance(value, list):
                            yield from value

    def _enclave(self, enclave: Enclave) -> None:
        name, account = enclave.name, enclave.account
        vpcs = self._listed("DescribeVpcs", account)
        vpc = next(one["VpcId"] for one in vpcs if one["CidrBlock"] == str(enclave.cidr))
        self.of |= {name: name, f"{name}.account": account, f"{name}.cidr": str(enclave.cidr), f"{name}.vpc": vpc}
        self.of[f"{name}.bucket"] = names.evidence_bucket(self._plan, enclave)
        acls = [one for one in self._listed("DescribeNetworkAcls", account) if one["VpcId"] == vpc]
        tables = [one for one in self._listed("DescribeRouteTables", account) if one["VpcId"] == vpc]
        self.of[f"{name}.default.acl"] = next(one["NetworkAclId"] for one in acls if one["IsDefault"])
        main = (one for one in tables if any(a.get("Main") for a in one["Associations"]))
        self.of[f"{name}.main.table"] = next(main)["RouteTableId"]
        for zone in enclave.zones:
            self._zone(enclave, zone, vpc, acls, tables)
        self._hosts(enclave, vpc)
        self._others(enclave, vpc)

    def _zone(self, enclave: Enclave, zone: Zone, vpc: str, acls: list[Item], tables: list[Item]) -> None:
        here = f"{enclave.name}.{zone.name}"
        by_block = {one["CidrBlock"]: one["SubnetId"] for one in self._listed("DescribeSubnets", enclave.account)}
        subnets = [by_block[str(subnet.cidr)] for subnet in zone.subnets]
        self.of |= {f"{here}.subnet.{number}": subnet for number, subnet in enumerate(subnets)}
        self.of |= {f"{here}.free.{number}": str(subnet.cidr[-3]) for number, subnet in enumerate(zone.subnets)}
        self.of |= {here: here, f"{here}.cidr": str(zone.cidr)}
        for kind, things, key in (("acl", acls, "NetworkAclId"), ("table", tables, "RouteTableId")):
            for thing in things:
                for one in thing["Associations"]:
                    if one.get("SubnetId") in subnets:
                        number = subnets.index(one["SubnetId"])
                        mark = one.get("NetworkAclAssociationId") or one["RouteTableAssociationId"]
                        self.of |= {f"{here}.{kind}": thing[key], f"{here}.{kind}.association.{number}": mark}
        where = ZoneName(enclave=enclave.name, zone=zone.name)
        self.of |= {f"{here}.entry.{entry.key}": entry.number for entry in acl_entries(self._plan, where)}

    def _hosts(self, enclave: Enclave, vpc: str) -> None:
        interfaces = list(self._listed("DescribeNetworkInterfaces", enclave.account))
        by_address = {one["PrivateIpAddress"]: one for one in interfaces if one["VpcId"] == vpc}
        for host in enclave.hosts:
            name, zone, found = (
                f"{enclave.name}/{host.name}",
                f"{enclave.name}.{host.zone}",
                by_address[str(host.address)],
            )
            self.of |= {name: found["NetworkInterfaceId"], f"{name}.address": str(host.address)}
            self.of |= {f"{name}.instance": found["Attachment"]["InstanceId"], f"{name}.subnet": found["SubnetId"]}
            self.of |= {f"{zone}.group": found["Groups"][0]["GroupId"], f"{zone}.address": str(host.address)}
        self._rules(enclave)

    def _rules(self, enclave: Enclave) -> None:
        zones = {
            str(zone.cidr): f"{one.name}.{zone.name}"
            for one in (self._plan.hub, *self._plan.enclaves)
            for zone in one.zones
        }
        zones |= {str(block): "allies" for block in ally_ranges(self._plan)}
        groups = {value: key.removesuffix(".group") for key, value in self.of.items() if key.endswith(".group")}
        for rule in self._listed("DescribeSecurityGroupRules", enclave.account):
            where = groups.get(rule["GroupId"])
            peer = zones.get(rule.get("CidrIpv4", ""))
            if where and peer:
                way = "egress" if rule["IsEgress"] else "ingress"
                key = f"{where}.rule.{way}.{rule['IpProtocol']}.{rule['FromPort']}.{peer}"
                self.of[key] = rule["SecurityGroupRuleId"]

    def _others(self, enclave: Enclave, vpc: str) -> None:
        name, account = enclave.name, enclave.account
        zone = next(self._listed("ListHostedZones", account))["Id"]
        self.of[f"{name}.zone"] = zone
        fences = self._listed("ListFirewallRuleGroupAssociations", account)
        fence = next(one for one in fences if one["VpcId"] == vpc)
        self.of |= {f"{name}.names.association": fence["Id"], f"{name}.names.group": fence["FirewallRuleGroupId"]}
        for rule in self._listed("ListFirewallRules", account):
            which = "allowed" if rule["Priority"] == min(100, rule["Priority"]) else "rest"
            self.of[f"{name}.names.{which}"] = rule["FirewallDomainListId"]

    def _gateway(self) -> None:
        hub = self._plan.hub.account
        attachments = list(self._listed("DescribeTransitGatewayVpcAttachments", hub))
        vpcs = {value: key.removesuffix(".vpc") for key, value in self.of.items() if key.endswith(".vpc")}
        owner = {one["TransitGatewayAttachmentId"]: vpcs[one["VpcId"]] for one in attachments if one["VpcId"] in vpcs}
        self.of |= {f"{name}.attachment": attachment for attachment, name in owner.items()}
        self.of["gateway"] = attachments[0]["TransitGatewayId"]
        for answer in self._snapshot.answers:
            if answer.operation == "GetTransitGatewayRouteTableAssociations":
                for row in answer.pages[0].result["Associations"]:
                    table = answer.parameters["TransitGatewayRouteTableId"]
                    self.of[f"{owner[row['TransitGatewayAttachmentId']]}.table"] = table
        for operation, key, name in (
            ("DescribeNatGateways", "NatGatewayId", "nat"),
            ("DescribeInternetGateways", "InternetGatewayId", "igw"),
        ):
            for one in self._listed(operation, hub):
                self.of[name] = one[key]
        for enclave in self._plan.enclaves:
            self.of[f"way out of {enclave.name}"] = {"TransitGatewayId": self.of["gateway"]}
        self.of["way out of hub"] = {"NatGatewayId": self.of.get("nat")}
