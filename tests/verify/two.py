"""Two accounts that reach one another through a transit gateway, every fence open: what a claim about one thing needs."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

from tests.verify.cloud.whole import Cloud
from tests.verify.oracle.answers import Flow, Oracle, Verdict
from tests.verify.oracle.facts import Facts
from tests.verify.oracle.filters import Load
from tests.verify.proved import Proved

A, B = "000000000001", "000000000002"
REGION = "eu-west-2"
WEB = Load(6, 443)
EVERY = {"IpRanges": [{"CidrIp": "0.0.0.0/0"}], "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}


class Two:
    """Account A has 10.1.0.0/16 and B 10.2.0.0/16, with a host each in one subnet and the attachment in another."""

    def __init__(self) -> None:
        self.cloud = Cloud("two", REGION, (A, B))
        self.gateway = self.call(A, "create_transit_gateway")["TransitGateway"]["TransitGatewayId"]
        made = self.call(A, "create_transit_gateway_route_table", TransitGatewayId=self.gateway)
        self.routes = made["TransitGatewayRouteTable"]["TransitGatewayRouteTableId"]
        self.vpc: dict[str, str] = {}
        self.subnet: dict[str, str] = {}
        self.table: dict[str, str] = {}
        self.group: dict[str, str] = {}
        self.acl: dict[str, str] = {}
        self.host: dict[str, str] = {}
        self.address: dict[str, str] = {}
        self.attachment: dict[str, str] = {}
        for account, number in ((A, 1), (B, 2)):
            self._account(account, number)

    def call(self, account: str, operation: str, **parameters: Any) -> dict[str, Any]:
        """Do a call."""
        return self.cloud.call(account, f"ec2.{operation}", parameters)

    def _account(self, account: str, number: int) -> None:
        vpc = self.vpc[account] = self.call(account, "create_vpc", CidrBlock=f"10.{number}.0.0/16")["Vpc"]["VpcId"]
        self.subnet[account] = self.subnet_of(account, f"10.{number}.0.0/24", f"2a05:d01c:0:{number}00::/64")
        self.acl[account] = self.cloud.find("NetworkAcls", "VpcId", vpc)["NetworkAclId"]
        self.open_acl(account, self.acl[account])
        self.group[account] = self.group_of(account)
        for way in ("ingress", "egress"):
            self.allow(account, way, IpProtocol="-1", **EVERY)
        self.table[account] = self.cloud.find("RouteTables", "VpcId", vpc)["RouteTableId"]
        self.host[account] = self.machine(account, self.subnet[account], f"10.{number}.0.10")
        self.address[account] = f"10.{number}.0.10"
        self._attach(account)
        self.route(account, "10.0.0.0/8", TransitGatewayId=self.gateway)

    def subnet_of(self, account: str, block: str, v6: str = "", zone: str = "euw2-az1") -> str:
        """Make a subnet."""
        if v6:
            whole = v6.replace("::/64", "::/56")
            self.call(account, "associate_vpc_cidr_block", VpcId=self.vpc[account], Ipv6CidrBlock=whole)
        made = self.call(account, "create_subnet", VpcId=self.vpc[account], CidrBlock=block, AvailabilityZoneId=zone)
        if v6:
            asked = {"SubnetId": made["Subnet"]["SubnetId"], "Ipv6CidrBlock": v6}
            self.call(account, "associate_subnet_cidr_block", **asked)
        return str(made["Subnet"]["SubnetId"])

    def open_acl(self, account: str, acl: str) -> None:
        """Let an ACL pass everything, of both families."""
        for egress in (False, True):
            for number, block in ((100, {"CidrBlock": "0.0.0.0/0"}), (101, {"Ipv6CidrBlock": "::/0"})):
                asked = {"RuleNumber": number, "Egress": egress, "RuleAction": "allow", "Protocol": "-1", **block}
                self.call(account, "create_network_acl_entry", NetworkAclId=acl, **asked)

    def group_of(self, account: str) -> str:
        """Make a group that admits nothing."""
        return str(self.call(account, "create_security_group", VpcId=self.vpc[account], GroupName="g")["GroupId"])

    def allow(self, account: str, way: str, **permission: Any) -> None:
        """Let something pass the group of an account's host."""
        asked = {"GroupId": self.group[account], "IpPermissions": [permission]}
        self.call(account, f"authorize_security_group_{way}", **asked)

    def only(self, account: str, way: str, **permission: Any) -> None:
        """Let nothing else pass that group in one direction."""
        egress = way == "egress"
        rules = self.cloud.of("SecurityGroupRules")
        names = [
            r["SecurityGroupRuleId"] for r in rules if (r["GroupId"], r["IsEgress"]) == (self.group[account], egress)
        ]
        asked = {"GroupId": self.group[account], "SecurityGroupRuleIds": names}
        self.call(account, f"revoke_security_group_{way}", **asked)
        self.allow(account, way, **permission)

    def machine(self, account: str, subnet: str, address: str, group: str = "") -> str:
        """Launch a machine; give its interface."""
        wanted = {"SecurityGroupIds": [group or self.group[account]], "PrivateIpAddress": address}
        made = self.call(account, "run_instances", SubnetId=subnet, **wanted)
        return str(made["Instances"][0]["NetworkInterfaces"][0]["NetworkInterfaceId"])

    def _attach(self, account: str) -> None:
        transit = self.subnet_of(account, self.address[account].replace("0.10", "255.0/24"))
        where = {"VpcId": self.vpc[account], "SubnetIds": [transit]}
        options = {"Ipv6Support": "enable", "SecurityGroupReferencingSupport": "enable"}
        asked = {"TransitGatewayId": self.gateway, "Options": options, **where}
        made = self.call(account, "create_transit_gateway_vpc_attachment", **asked)["TransitGatewayVpcAttachment"]
        self.attachment[account] = made["TransitGatewayAttachmentId"]
        pair = {"TransitGatewayRouteTableId": self.routes, "TransitGatewayAttachmentId": self.attachment[account]}
        self.call(A, "associate_transit_gateway_route_table", **pair)
        self.call(A, "enable_transit_gateway_route_table_propagation", **pair)

    def route(self, account: str, block: str, **target: str) -> None:
        """Make a route in an account's table."""
        key = "DestinationPrefixListId" if block.startswith("pl-") else "DestinationCidrBlock"
        key = "DestinationIpv6CidrBlock" if ":" in block else key
        self.call(account, "create_route", RouteTableId=self.table[account], **{key: block}, **target)

    def gateway_route(self, block: str, to: str = "") -> None:
        """Make a route in the transit gateway's table; to nowhere, it is a blackhole."""
        target: dict[str, Any] = {"TransitGatewayAttachmentId": self.attachment[to]} if to else {"Blackhole": True}
        asked = {"TransitGatewayRouteTableId": self.routes, "DestinationCidrBlock": block, **target}
        self.call(A, "create_transit_gateway_route", **asked)

    def way_out(self, account: str) -> str:
        """Attach an internet gateway."""
        gateway = self.call(account, "create_internet_gateway")["InternetGateway"]["InternetGatewayId"]
        self.call(account, "attach_internet_gateway", InternetGatewayId=gateway, VpcId=self.vpc[account])
        return str(gateway)

    def peer(self) -> str:
        """Peer the two VPCs; routes are to be made."""
        sides = {"VpcId": self.vpc[A], "PeerVpcId": self.vpc[B], "PeerOwnerId": B}
        made = self.call(A, "create_vpc_peering_connection", **sides)["VpcPeeringConnection"]
        name = str(made["VpcPeeringConnectionId"])
        self.call(B, "accept_vpc_peering_connection", VpcPeeringConnectionId=name)
        return name

    def six(self, account: str) -> str:
        """Give an account's host an IPv6 address, and a route to the other's."""
        number = 1 if account == A else 2
        address = f"2a05:d01c:0:{number}00::10"
        self.call(account, "assign_ipv6_addresses", NetworkInterfaceId=self.host[account], Ipv6Addresses=[address])
        self.route(account, "2a05:d01c::/32", TransitGatewayId=self.gateway)
        return address

    def asked(self, source: str | None, from_: str, receiver: str | None, to: str, load: Load = WEB) -> Verdict:
        """Ask the proof and the oracle about one flow; they never differ."""
        snapshot = self.cloud.snapshot()
        flow = Flow(source, ip_address(from_), receiver, ip_address(to), load)
        proved, walked = Proved(snapshot).ask(flow), Oracle(Facts(snapshot)).ask(flow)
        assert proved == walked
        return proved

    def works(self, source: str = A, to: str = B, load: Load = WEB) -> bool:
        """Say whether one account's host reaches the other's, and hears its answer."""
        ends = (self.host[source], self.address[source], self.host[to], self.address[to])
        return self.asked(*ends, load).works

    def may(self, source: str = A, to: str = B, load: Load = WEB) -> bool:
        """Say whether a packet of one account's host arrives at the other's."""
        ends = (self.host[source], self.address[source], self.host[to], self.address[to])
        return self.asked(*ends, load).may
