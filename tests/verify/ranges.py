"""Correct ranges: a plan made in the small cloud the way the stacks make it on AWS, call by call."""

from __future__ import annotations

from typing import Any, Generic, Protocol, TypeVar

from range.plan import names
from range.plan.layout import EGRESS_ZONE, MANAGEMENT_ZONE
from range.plan.rules import acl_entries, group_rules
from range.records.plan import Enclave, Plan, ZoneName
from range.spec.models import TRANSIT
from stacks.documents.endpoints import own_principals_only, own_resources_only
from stacks.documents.language import Place
from tests.verify.cloud.whole import Cloud
from tests.verify.identity.estates import correct

_NUMBERS = {"all": "-1", "icmp": "1", "tcp": "6", "udp": "17"}
_SESSION_MANAGER = ("ssm", "ssmmessages", "ec2messages")


class Made(Protocol):
    """A cloud to make a range in: the small one, or a rehearsal's through boto3."""

    def call(self, account: str, operation: str, parameters: dict[str, Any], /) -> dict[str, Any]:
        """Do an operation in an account."""

    def look(self, account: str, what: str, of: str, /) -> str:
        """Look something up that no call gave."""


C = TypeVar("C", bound=Made)


def range_of(plan: Plan) -> Range[Cloud]:
    """Make a correct range in a small cloud of its own."""
    accounts = tuple(enclave.account for enclave in (plan.hub, *plan.enclaves))
    made = Range(plan, Cloud(plan.exercise, plan.region, accounts))
    made.cloud.identities = correct(plan)
    return made


class Range(Generic[C]):
    """A correct range, and the ids of its parts by name."""

    def __init__(self, plan: Plan, cloud: C) -> None:
        self.plan, self.cloud = plan, cloud
        enclaves = (plan.hub, *plan.enclaves)
        self.ids: dict[str, str] = {}
        self._gateway()
        for enclave in enclaves:
            self._network(enclave)
            self._fences(enclave)
            self._hosts(enclave)
            self._attach(enclave)
            self._others(enclave)
        self._ways_out()
        if plan.egress:
            self._egress()
        self._access()

    def call(self, enclave: Enclave, operation: str, **parameters: Any) -> dict[str, Any]:
        """Do a call in an enclave's account."""
        return self.cloud.call(enclave.account, operation, parameters)

    def _gateway(self) -> None:
        hub = self.plan.hub
        gateway = self.call(hub, "ec2.create_transit_gateway")["TransitGateway"]["TransitGatewayId"]
        self.ids["gateway"] = gateway
        for table in self.plan.tables:
            made = self.call(hub, "ec2.create_transit_gateway_route_table", TransitGatewayId=gateway)
            name = made["TransitGatewayRouteTable"]["TransitGatewayRouteTableId"]
            self.ids[f"table.{table.name}"] = name
            for block in table.blackholes:
                self.call(
                    hub,
                    "ec2.create_transit_gateway_route",
                    TransitGatewayRouteTableId=name,
                    DestinationCidrBlock=str(block),
                    Blackhole=True,
                )

    def _network(self, enclave: Enclave) -> None:
        tags = [{"Tags": [{"Key": "range:stack", "Value": self.plan.stack(enclave.name)}]}]
        vpc = self.call(enclave, "ec2.create_vpc", CidrBlock=str(enclave.cidr), TagSpecifications=tags)["Vpc"]["VpcId"]
        self.ids[f"{enclave.name}.vpc"] = vpc
        for zone in enclave.zones:
            here = f"{enclave.name}.{zone.name}"
            table = self.call(enclave, "ec2.create_route_table", VpcId=vpc)["RouteTable"]["RouteTableId"]
            self.ids[f"{here}.table"] = table
            for subnet in zone.subnets:
                made = self.call(
                    enclave,
                    "ec2.create_subnet",
                    VpcId=vpc,
                    CidrBlock=str(subnet.cidr),
                    AvailabilityZoneId=subnet.availability_zone_id,
                )["Subnet"]["SubnetId"]
                self.ids[f"{here}.{subnet.availability_zone_id}"] = made
                self.call(enclave, "ec2.associate_route_table", RouteTableId=table, SubnetId=made)

    def subnets(self, enclave: Enclave, zone: str) -> list[str]:
        """Give the subnets of a zone."""
        shape = enclave.zone(zone)
        return [self.ids[f"{enclave.name}.{zone}.{subnet.availability_zone_id}"] for subnet in shape.subnets]

    def _fences(self, enclave: Enclave) -> None:
        vpc = self.ids[f"{enclave.name}.vpc"]
        for zone in enclave.zones:
            where = ZoneName(enclave=enclave.name, zone=zone.name)
            acl = self.call(enclave, "ec2.create_network_acl", VpcId=vpc)["NetworkAcl"]["NetworkAclId"]
            self.ids[f"{where}.acl"] = acl
            for entry in acl_entries(self.plan, where):
                said: dict[str, Any] = {"RuleNumber": entry.number, "Egress": entry.direction == "egress"}
                said |= {"RuleAction": "allow", "CidrBlock": str(entry.cidr), "Protocol": _NUMBERS[entry.protocol]}
                if entry.protocol in {"tcp", "udp"}:
                    said["PortRange"] = {"From": entry.from_port, "To": entry.to_port}
                elif entry.protocol == "icmp":
                    said["IcmpTypeCode"] = {"Type": -1, "Code": -1}
                self.call(enclave, "ec2.create_network_acl_entry", NetworkAclId=acl, **said)
            for subnet in self.subnets(enclave, zone.name):
                association = self.cloud.look(enclave.account, "acl_association", subnet)
                self.call(enclave, "ec2.replace_network_acl_association", AssociationId=association, NetworkAclId=acl)
            if zone.name not in {TRANSIT, EGRESS_ZONE}:
                self._group(enclave, where)

    def _group(self, enclave: Enclave, where: ZoneName) -> None:
        vpc = self.ids[f"{enclave.name}.vpc"]
        group = self.call(enclave, "ec2.create_security_group", VpcId=vpc, GroupName=str(where))["GroupId"]
        self.ids[f"{where}.group"] = group
        for rule in group_rules(self.plan, where):
            permission = {
                "IpProtocol": rule.protocol,
                "FromPort": rule.from_port,
                "ToPort": rule.to_port,
                "IpRanges": [{"CidrIp": str(rule.cidr)}],
            }
            self.call(
                enclave, f"ec2.authorize_security_group_{rule.direction}", GroupId=group, IpPermissions=[permission]
            )

    def _hosts(self, enclave: Enclave) -> None:
        for host in enclave.hosts:
            made = self.call(
                enclave,
                "ec2.run_instances",
                SubnetId=self.ids[f"{enclave.name}.{host.zone}.{host.availability_zone_id}"],
                SecurityGroupIds=[self.ids[f"{enclave.name}.{host.zone}.group"]],
                PrivateIpAddress=str(host.address),
            )["Instances"][0]
            self.ids[f"{enclave.name}/{host.name}"] = made["NetworkInterfaces"][0]["NetworkInterfaceId"]
            self.ids[f"{enclave.name}/{host.name}.instance"] = made["InstanceId"]

    def _attach(self, enclave: Enclave) -> None:
        hub, gateway = self.plan.hub, self.ids["gateway"]
        attachment = self.call(
            enclave,
            "ec2.create_transit_gateway_vpc_attachment",
            TransitGatewayId=gateway,
            VpcId=self.ids[f"{enclave.name}.vpc"],
            SubnetIds=self.subnets(enclave, TRANSIT),
        )["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"]
        self.ids[f"{enclave.name}.attachment"] = attachment
        for table in self.plan.tables:
            pair = {
                "TransitGatewayRouteTableId": self.ids[f"table.{table.name}"],
                "TransitGatewayAttachmentId": attachment,
            }
            if enclave.name in table.associated:
                self.call(hub, "ec2.associate_transit_gateway_route_table", **pair)
            if enclave.name in table.learns:
                self.call(hub, "ec2.enable_transit_gateway_route_table_propagation", **pair)
        for zone in enclave.zones:
            if zone.name != TRANSIT:
                self._route(enclave, zone.name, str(self.plan.supernet), TransitGatewayId=gateway)
                if enclave.kind != "hub" and zone.name in self._let_out(enclave):
                    self._route(enclave, zone.name, "0.0.0.0/0", TransitGatewayId=gateway)

    def _route(self, enclave: Enclave, zone: str, block: str, **target: str) -> None:
        table = self.ids[f"{enclave.name}.{zone}.table"]
        self.call(enclave, "ec2.create_route", RouteTableId=table, DestinationCidrBlock=block, **target)

    def _let_out(self, enclave: Enclave) -> set[str]:
        out = [flow.source for flow in self.plan.flows if flow.kind == "egress"]
        return {source.zone for source in out if source.enclave == enclave.name}

    def _ways_out(self) -> None:
        for table in self.plan.tables:
            if table.default_to_hub:
                self.call(
                    self.plan.hub,
                    "ec2.create_transit_gateway_route",
                    TransitGatewayRouteTableId=self.ids[f"table.{table.name}"],
                    DestinationCidrBlock="0.0.0.0/0",
                    TransitGatewayAttachmentId=self.ids["hub.attachment"],
                )

    def _egress(self) -> None:
        hub = self.plan.hub
        gateway = self.call(hub, "ec2.create_internet_gateway")["InternetGateway"]["InternetGatewayId"]
        self.call(hub, "ec2.attach_internet_gateway", InternetGatewayId=gateway, VpcId=self.ids["hub.vpc"])
        self._route(hub, EGRESS_ZONE, "0.0.0.0/0", GatewayId=gateway)
        address = self.call(hub, "ec2.allocate_address")["AllocationId"]
        public = self.subnets(hub, EGRESS_ZONE)[0]
        nat = self.call(hub, "ec2.create_nat_gateway", SubnetId=public, AllocationId=address)
        self.ids |= {"igw": gateway, "nat": nat["NatGateway"]["NatGatewayId"]}
        for zone in (TRANSIT, *sorted(self._let_out(hub))):
            self._route(hub, zone, "0.0.0.0/0", NatGatewayId=self.ids["nat"])

    def _access(self) -> None:
        hub = self.plan.hub
        for service in _SESSION_MANAGER:
            self.call(
                hub,
                "ec2.create_vpc_endpoint",
                VpcId=self.ids["hub.vpc"],
                ServiceName=f"com.amazonaws.{self.plan.region}.{service}",
                VpcEndpointType="Interface",
                SubnetIds=self.subnets(hub, MANAGEMENT_ZONE),
                SecurityGroupIds=[self.ids["hub.management.group"]],
                PolicyDocument=own_principals_only(Place(self.plan.region, hub.account)),
            )

    def _others(self, enclave: Enclave) -> None:
        name, vpc, plan = enclave.name, self.ids[f"{enclave.name}.vpc"], self.plan
        bucket = names.evidence_bucket(plan, enclave)
        self.call(enclave, "s3.create_bucket", Bucket=bucket)
        for kind, place in (
            ("s3", f"arn:aws:s3:::{bucket}"),
            ("cloud-watch-logs", f"arn:aws:logs:{plan.region}:{enclave.account}:log-group:flow"),
        ):
            self.call(enclave, "ec2.create_flow_logs", ResourceIds=[vpc], LogDestinationType=kind, LogDestination=place)
        tables = [self.ids[f"{name}.{z.name}.table"] for z in enclave.zones if z.name not in {TRANSIT, EGRESS_ZONE}]
        service = f"com.amazonaws.{plan.region}.s3"
        policy = own_resources_only(Place(plan.region, enclave.account))
        endpoint = {"VpcId": vpc, "ServiceName": service, "RouteTableIds": tables, "PolicyDocument": policy}
        self.call(enclave, "ec2.create_vpc_endpoint", **endpoint)
        sensors = {mirror.sensor for mirror in enclave.mirrors}
        targets = {
            sensor: self.call(
                enclave, "ec2.create_traffic_mirror_target", NetworkInterfaceId=self.ids[f"{name}/{sensor}"]
            )["TrafficMirrorTarget"]["TrafficMirrorTargetId"]
            for sensor in sorted(sensors)
        }
        for mirror in enclave.mirrors:
            self.call(
                enclave,
                "ec2.create_traffic_mirror_session",
                NetworkInterfaceId=self.ids[f"{name}/{mirror.source}"],
                TrafficMirrorTargetId=targets[mirror.sensor],
                SessionNumber=mirror.session_number,
            )
        self._names(enclave, vpc)

    def _names(self, enclave: Enclave, vpc: str) -> None:
        plan, domain = self.plan, names.dns_zone(self.plan)
        where = {"VPCRegion": plan.region, "VPCId": vpc}
        zone = self.call(enclave, "route53.create_hosted_zone", Name=f"{domain}.", VPC=where)["HostedZone"]["Id"]
        self.ids[f"{enclave.name}.zone"] = zone
        group = self.call(enclave, "route53resolver.create_firewall_rule_group", Name="names")["FirewallRuleGroup"]
        allowed = [domain, f"*.{domain}", f"s3.{plan.region}.amazonaws.com", f"*.s3.{plan.region}.amazonaws.com"]
        rest = "ALERT" if self._let_out(enclave) else "BLOCK"
        for which, domains, priority, action in (("allowed", allowed, 100, "ALLOW"), ("rest", ["*"], 200, rest)):
            made = self.call(enclave, "route53resolver.create_firewall_domain_list", Name=which)["FirewallDomainList"]
            self.ids[f"{enclave.name}.names.{which}"] = made["Id"]
            self.call(
                enclave,
                "route53resolver.update_firewall_domains",
                FirewallDomainListId=made["Id"],
                Operation="ADD",
                Domains=domains,
            )
            self.call(
                enclave,
                "route53resolver.create_firewall_rule",
                FirewallRuleGroupId=group["Id"],
                FirewallDomainListId=made["Id"],
                Priority=priority,
                Action=action,
                Name=which,
            )
        self.call(enclave, "route53resolver.update_firewall_config", ResourceId=vpc, FirewallFailOpen="DISABLED")
        self.call(
            enclave,
            "route53resolver.associate_firewall_rule_group",
            FirewallRuleGroupId=group["Id"],
            VpcId=vpc,
            Priority=101,
            Name="names",
        )
