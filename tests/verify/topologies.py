"""Small random networks in which everything that the model knows occurs, rightly and wrongly put together."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_network
from random import Random
from typing import Any, TypeVar

from tests.verify.cloud.whole import Cloud

REGION = "eu-west-2"
ZONES = ("euw2-az1", "euw2-az2")
BLOCKS = ("10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/24", "10.0.3.0/24")
MORE = ("10.9.0.0/24", "10.0.1.0/24", "198.51.100.0/24")
PEERS = (
    "0.0.0.0/0",
    "10.0.0.0/16",
    "10.0.0.0/8",
    *BLOCKS,
    "10.0.1.16/28",
    "8.8.0.0/16",
    "18.130.0.0/16",
    "10.9.0.0/24",
)
PEERS_V6 = ("::/0", "2001:db8::/32", "2a05:d01c::/32", "2a05:d01c:0:200::/56", "2600::/16")
PORTS = ((-1, -1), (0, 65535), (22, 22), (80, 443), (1024, 65535), (32768, 60999), (443, 443))
INTERNET = ("8.8.8.8", "1.1.1.1", "18.130.200.200", "2600::1", "2a00:1450::5")
LOADS = ("tcp", "tcp", "udp", "icmp", "-1", "icmpv6", "47")
_T = TypeVar("_T")


class Topology:
    """Two to four accounts with a VPC each, joined at random."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.accounts = tuple(f"{number:012d}" for number in range(1, random.randint(2, 4) + 1))
        self.cloud = Cloud("random", REGION, self.accounts)
        self.vpcs: dict[str, str] = {}
        self.subnets: dict[str, list[str]] = {}
        self.groups: dict[str, list[str]] = {}
        self.lists: dict[str, str] = {}
        for number, account in enumerate(self.accounts):
            self._network(account, BLOCKS[number], number)
        for account in self.accounts:
            self._machines(account)
        self._gateway()
        self._peerings()
        for account in self.accounts:
            self._ways_out(account)
            self._routes(account)
            self._rules(account)
            self._entries(account)
        for account in self.accounts:
            self._dead_ends(account)

    def call(self, account: str, operation: str, **parameters: Any) -> dict[str, Any]:
        """Do a call."""
        return self.cloud.call(account, f"ec2.{operation}", parameters)

    def pick(self, choices: Sequence[_T]) -> _T:
        """Choose one."""
        return choices[self.random.randrange(len(choices))]

    def chance(self, percent: int) -> bool:
        """Throw a die."""
        return self.random.randrange(100) < percent

    def _network(self, account: str, block: str, number: int) -> None:
        vpc = self.call(account, "create_vpc", CidrBlock=block)["Vpc"]["VpcId"]
        self.vpcs[account] = vpc
        halves = [str(part) for part in ip_network(block).subnets(new_prefix=27)][: self.random.randint(2, 3)]
        if self.chance(15):
            self.call(account, "associate_vpc_cidr_block", VpcId=vpc, CidrBlock=self.pick(MORE))
        v6 = self.chance(60)
        if v6:
            self.call(account, "associate_vpc_cidr_block", VpcId=vpc, Ipv6CidrBlock=f"2a05:d01c:0:{number}00::/56")
        self.subnets[account] = []
        for place, half in enumerate(halves):
            zone = ZONES[place % 2] if self.chance(80) else self.pick(ZONES)
            made = self.call(account, "create_subnet", VpcId=vpc, CidrBlock=half, AvailabilityZoneId=zone)
            subnet = made["Subnet"]["SubnetId"]
            self.subnets[account].append(subnet)
            if v6:
                block_v6 = f"2a05:d01c:0:{number}0{place}::/64"
                self.call(account, "associate_subnet_cidr_block", SubnetId=subnet, Ipv6CidrBlock=block_v6)
        names = range(self.random.randint(1, 2))
        self.groups[account] = [
            self.call(account, "create_security_group", VpcId=vpc, GroupName=f"g{name}")["GroupId"] for name in names
        ]
        if self.chance(30):
            entries = [{"Cidr": self.pick(PEERS)} for _ in range(2)]
            made = self.call(account, "create_managed_prefix_list", PrefixListName="l", Entries=entries)
            self.lists[account] = made["PrefixList"]["PrefixListId"]

    def _machines(self, account: str) -> None:
        for subnet in self.subnets[account]:
            for _ in range(self.random.randint(0 if self.chance(40) else 1, 2)):
                self._machine(account, subnet)
        if len(self.accounts) > 1 and self.chance(10):
            stranger = self.pick([other for other in self.accounts if other != account])
            subnet = self.pick(self.subnets[account])
            self.call(account, "share_subnet", SubnetId=subnet, With=stranger)
            self._machine(stranger, subnet)

    def _machine(self, account: str, subnet: str) -> None:
        groups = self.groups[account]
        chosen = groups if self.chance(20) else [self.pick(groups)]
        made = self.call(account, "run_instances", SubnetId=subnet, SecurityGroupIds=chosen)
        name = made["Instances"][0]["NetworkInterfaces"][0]["NetworkInterfaceId"]
        item = self.cloud.find("Subnets", "SubnetId", subnet)
        if item["Ipv6CidrBlockAssociationSet"] and self.chance(70):
            block = ip_network(item["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"])
            number = self.random.randint(16, 4000)
            self.call(account, "assign_ipv6_addresses", NetworkInterfaceId=name, Ipv6Addresses=[str(block[number])])
        if self.chance(10):
            address = str(ip_network(item["CidrBlock"])[self.random.randint(5, 12)])
            if all(address != one for one in self._taken(subnet)):
                self.call(account, "assign_private_ip_addresses", NetworkInterfaceId=name, PrivateIpAddresses=[address])
        if self.chance(5):
            prefix = str(next(ip_network(item["CidrBlock"]).subnets(new_prefix=28)))
            self.call(account, "assign_private_ip_addresses", NetworkInterfaceId=name, Ipv4Prefixes=[prefix])
        if self.chance(10):
            attribute = {"Value": False}
            self.call(account, "modify_network_interface_attribute", NetworkInterfaceId=name, SourceDestCheck=attribute)

    def _taken(self, subnet: str) -> list[str]:
        here = [one for one in self.cloud.of("NetworkInterfaces") if one["SubnetId"] == subnet]
        return [one["PrivateIpAddress"] for interface in here for one in interface["PrivateIpAddresses"]]

    def _gateway(self) -> None:
        owner, chosen = self.accounts[0], self.pick(("enable", "disable"))
        options = {"SecurityGroupReferencingSupport": chosen}
        gateway = self.call(owner, "create_transit_gateway", Options=options)["TransitGateway"]["TransitGatewayId"]
        self.gateway = gateway
        made = [
            self.call(owner, "create_transit_gateway_route_table", TransitGatewayId=gateway)["TransitGatewayRouteTable"]
            for _ in range(self.random.randint(1, 3))
        ]
        tables = [table["TransitGatewayRouteTableId"] for table in made]
        attachments = [self._attach(account) for account in self.accounts if self.chance(90)]
        for attachment in attachments:
            if self.chance(95):
                self._join("associate_transit_gateway_route_table", self.pick(tables), attachment)
            for table in tables:
                if self.chance(60):
                    self._join("enable_transit_gateway_route_table_propagation", table, attachment)
        for table in tables:
            for _ in range(self.random.randint(0, 2)):
                route: dict[str, Any] = {"DestinationCidrBlock": self.pick(PEERS)}
                if attachments and self.chance(70):
                    route["TransitGatewayAttachmentId"] = self.pick([*attachments, "tgw-attach-strange"])
                else:
                    route["Blackhole"] = True
                self.call(owner, "create_transit_gateway_route", TransitGatewayRouteTableId=table, **route)
        if attachments and self.chance(10):
            gone = self.pick(attachments)
            self.call(owner, "delete_transit_gateway_vpc_attachment", TransitGatewayAttachmentId=gone)

    def _attach(self, account: str) -> str:
        own = self.subnets[account]
        zones: dict[str, str] = {}
        for subnet in own:
            zones.setdefault(self.cloud.find("Subnets", "SubnetId", subnet)["AvailabilityZoneId"], subnet)
        chosen = list(zones.values()) if self.chance(85) else [self.pick(own)]
        options = {
            key: "enable" if self.chance(percent) else "disable"
            for key, percent in (
                ("Ipv6Support", 70),
                ("SecurityGroupReferencingSupport", 70),
                ("ApplianceModeSupport", 15),
            )
        }
        made = self.call(
            account,
            "create_transit_gateway_vpc_attachment",
            TransitGatewayId=self.gateway,
            VpcId=self.vpcs[account],
            SubnetIds=chosen,
            Options=options,
        )
        return str(made["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"])

    def _join(self, operation: str, table: str, attachment: str) -> None:
        pair = {"TransitGatewayRouteTableId": table, "TransitGatewayAttachmentId": attachment}
        self.call(self.accounts[0], operation, **pair)

    def _peerings(self) -> None:
        self.peered: dict[str, list[str]] = {account: [] for account in self.accounts}
        for one, other in zip(self.accounts, self.accounts[1:], strict=False):
            if self.chance(35):
                sides = {"VpcId": self.vpcs[one], "PeerVpcId": self.vpcs[other], "PeerOwnerId": other}
                made = self.call(one, "create_vpc_peering_connection", **sides)["VpcPeeringConnection"]
                name = made["VpcPeeringConnectionId"]
                if self.chance(85):
                    self.call(other, "accept_vpc_peering_connection", VpcPeeringConnectionId=name)
                self.peered[one].append(name)
                self.peered[other].append(name)

    def _ways_out(self, account: str) -> None:
        self.targets: dict[str, list[dict[str, str]]] = getattr(self, "targets", {})
        vpc, out = self.vpcs[account], [{"TransitGatewayId": self.gateway}] * 3
        out += [{"VpcPeeringConnectionId": name} for name in self.peered[account]]
        if self.chance(40):
            gateway = self.call(account, "create_internet_gateway")["InternetGateway"]["InternetGatewayId"]
            if self.chance(90):
                self.call(account, "attach_internet_gateway", InternetGatewayId=gateway, VpcId=vpc)
            out.append({"GatewayId": gateway})
            self._public_addresses(account)
        if self.chance(35):
            kind = "public" if self.chance(70) else "private"
            asked: dict[str, Any] = {"SubnetId": self.pick(self.subnets[account]), "ConnectivityType": kind}
            if kind == "public":
                asked["AllocationId"] = self.call(account, "allocate_address")["AllocationId"]
            made = self.call(account, "create_nat_gateway", **asked)["NatGateway"]["NatGatewayId"]
            out.append({"NatGatewayId": made})
        if self.chance(25):
            made = self.call(account, "create_egress_only_internet_gateway", VpcId=vpc)
            name = made["EgressOnlyInternetGateway"]["EgressOnlyInternetGatewayId"]
            out.append({"EgressOnlyInternetGatewayId": name})
        own = [one for one in self.cloud.of("NetworkInterfaces") if one["VpcId"] == vpc]
        if own and self.chance(15):
            out.append({"NetworkInterfaceId": self.pick(own)["NetworkInterfaceId"]})
        if self.chance(8):
            out.append({"GatewayId": "vgw-1"})
        self.targets[account] = out

    def _public_addresses(self, account: str) -> None:
        for interface in self.cloud.of("NetworkInterfaces"):
            mine = interface["VpcId"] == self.vpcs[account] and interface["InterfaceType"] == "interface"
            if mine and self.chance(60):
                address = self.call(account, "allocate_address")["AllocationId"]
                name = interface["NetworkInterfaceId"]
                self.call(account, "associate_address", AllocationId=address, NetworkInterfaceId=name)

    def _routes(self, account: str) -> None:
        tables = [table["RouteTableId"] for table in self.cloud.of("RouteTables") if table["_owner"] == account]
        for subnet in self.subnets[account]:
            if self.chance(60):
                made = self.call(account, "create_route_table", VpcId=self.vpcs[account])["RouteTable"]["RouteTableId"]
                self.call(account, "associate_route_table", RouteTableId=made, SubnetId=subnet)
                tables.append(made)
        for table in tables:
            used: set[str] = set()
            if self.chance(75):
                self._usual_routes(account, table, used)
            for _ in range(self.random.randint(0, 3)):
                self._route(account, table, used)

    def _usual_routes(self, account: str, table: str, used: set[str]) -> None:
        """Make the routes that somebody would make who wants packets to arrive."""
        out = self.targets[account]
        inside = self.pick([one for one in out if "TransitGatewayId" in one or "VpcPeeringConnectionId" in one])
        wanted = [({"DestinationCidrBlock": "10.0.0.0/8"}, [inside])]
        outside = [one for one in out if str(one.get("GatewayId")).startswith("igw-") or "NatGatewayId" in one]
        wanted.append(({"DestinationCidrBlock": "0.0.0.0/0"}, outside))
        v6 = [one for one in out if "NatGatewayId" not in one and "NetworkInterfaceId" not in one]
        wanted.append(({"DestinationIpv6CidrBlock": "::/0"}, v6))
        for where, targets in wanted:
            if targets:
                used.update(where.values())
                self.call(account, "create_route", RouteTableId=table, **where, **self.pick(targets))

    def _route(self, account: str, table: str, used: set[str]) -> None:
        target = self.pick(self.targets[account])
        only_v6 = "EgressOnlyInternetGatewayId" in target
        if (self.chance(30) or only_v6) and "NatGatewayId" not in target:
            where = {"DestinationIpv6CidrBlock": self.pick(PEERS_V6)}
        elif account in self.lists and self.chance(15):
            where = {"DestinationPrefixListId": self.lists[account]}
        else:
            where = {"DestinationCidrBlock": self.pick(PEERS)}
        place = next(iter(where.values()))
        if place not in used:
            used.add(place)
            self.call(account, "create_route", RouteTableId=table, **where, **target)

    def _dead_ends(self, account: str) -> None:
        """Make routes that lead to a service, or to what is gone."""
        for table in [one for one in self.cloud.of("RouteTables") if one["_owner"] == account]:
            if table["Routes"] and self.chance(8):
                self.pick(table["Routes"])["State"] = "blackhole"
            if self.chance(5):
                asked = {"VpcId": self.vpcs[account], "ServiceName": "com.amazonaws.eu-west-2.s3"}
                self.call(account, "create_vpc_endpoint", RouteTableIds=[table["RouteTableId"]], **asked)

    def _rules(self, account: str) -> None:
        for group in self.groups[account]:
            for direction in ("ingress", "egress"):
                wanted = [self._permission(account) for _ in range(self.random.randint(0, 3))]
                if self.chance(70):
                    every = {"IpRanges": [{"CidrIp": "0.0.0.0/0"}], "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}
                    wanted.append({"IpProtocol": self.pick(("-1", "-1", "tcp", "icmp", "47")), **every})
                operation = f"authorize_security_group_{direction}"
                self.call(account, operation, GroupId=group, IpPermissions=wanted)

    def _permission(self, account: str) -> dict[str, Any]:
        protocol, (first, last) = self.pick(LOADS), self.pick(PORTS)
        permission: dict[str, Any] = {"IpProtocol": "-1" if self.chance(40) else protocol}
        if permission["IpProtocol"] in {"tcp", "udp"}:
            permission |= {"FromPort": first, "ToPort": last}
        elif permission["IpProtocol"] in {"icmp", "icmpv6"}:
            permission |= {"FromPort": self.pick((-1, 8, 0, 128)), "ToPort": -1}
        kind = self.random.randrange(10)
        if kind < 5:
            permission["IpRanges"] = [{"CidrIp": self.pick(PEERS)}]
        elif kind < 8:
            permission["Ipv6Ranges"] = [{"CidrIpv6": self.pick(PEERS_V6)}]
        elif kind == 8 or account not in self.lists:
            every = [group for groups in self.groups.values() for group in groups]
            permission["UserIdGroupPairs"] = [{"GroupId": self.pick(every)}]
        else:
            permission["PrefixListIds"] = [{"PrefixListId": self.lists[account]}]
        return permission

    def _entries(self, account: str) -> None:
        for acl in [one for one in self.cloud.of("NetworkAcls") if one["_owner"] == account]:
            name, openly = acl["NetworkAclId"], self.chance(85)
            for egress in (False, True):
                for number in range(self.random.randint(0, 3) if self.chance(50) else 0):
                    self._entry(account, name, number * 10 + 10, egress=egress)
                if openly:
                    self._allow_rest(account, name, egress=egress)
        default = next(one for one in self.cloud.of("NetworkAcls") if one["VpcId"] == self.vpcs[account])
        for association in list(default["Associations"]):
            if self.chance(25):
                made = self.call(account, "create_network_acl", VpcId=self.vpcs[account])["NetworkAcl"]["NetworkAclId"]
                asked = {"AssociationId": association["NetworkAclAssociationId"], "NetworkAclId": made}
                self.call(account, "replace_network_acl_association", **asked)
                for egress in (False, True):
                    self._entry(account, made, 10, egress=egress)
                    if self.chance(60):
                        self._allow_rest(account, made, egress=egress)

    def _allow_rest(self, account: str, acl: str, *, egress: bool) -> None:
        every: dict[str, Any] = {"Egress": egress, "RuleAction": "allow", "Protocol": "-1"}
        for number, block in ((500, {"CidrBlock": "0.0.0.0/0"}), (501, {"Ipv6CidrBlock": "::/0"})):
            asked = {"NetworkAclId": acl, "RuleNumber": number, **every, **block}
            self.call(account, "create_network_acl_entry", **asked)

    def _entry(self, account: str, acl: str, number: int, *, egress: bool) -> None:
        protocol, (first, last) = self.pick(("-1", "-1", "6", "17", "1", "58", "47")), self.pick(PORTS)
        action = "allow" if self.chance(70) else "deny"
        entry: dict[str, Any] = {"RuleNumber": number, "Egress": egress, "RuleAction": action, "Protocol": protocol}
        if protocol in {"6", "17"} and first != -1:
            entry["PortRange"] = {"From": first, "To": last}
        elif protocol in {"1", "58"}:
            entry["IcmpTypeCode"] = {"Type": self.pick((-1, 8, 0, 128, 129)), "Code": -1}
        v6 = self.chance(30)
        entry |= {"Ipv6CidrBlock": self.pick(PEERS_V6)} if v6 else {"CidrBlock": self.pick(PEERS)}
        self.call(account, "create_network_acl_entry", NetworkAclId=acl, **entry)
