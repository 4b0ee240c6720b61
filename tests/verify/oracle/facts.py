"""What a snapshot says, looked up slowly: every question goes through every item. Shares no code with the proof."""

from __future__ import annotations

import ipaddress
from functools import cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Any

from range.records.snapshot import Snapshot

Item = dict[str, Any]
Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


@cache
def ip_address(said: str) -> Address:
    """Read an address, each but once: reading takes longer than all the walking."""
    return ipaddress.ip_address(said)


@cache
def ip_network(said: str) -> Network:
    """Read a block, each but once."""
    return ipaddress.ip_network(said)


class Facts:
    """A snapshot's items by operation. Where accounts share a thing, each lists it: any copy will do."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.listed: dict[str, list[Item]] = {}
        self.asked: dict[str, list[tuple[Item, list[Item]]]] = {}
        for answer in snapshot.answers:
            for page in answer.pages:
                for value in page.result.values():
                    if isinstance(value, list):
                        self.listed.setdefault(answer.operation, []).extend(value)
                        self.asked.setdefault(answer.operation, []).append((answer.parameters, value))

    def all(self, operation: str) -> list[Item]:
        """Give everything that an operation listed anywhere."""
        return self.listed.get(operation, [])

    def one(self, operation: str, key: str, value: str) -> Item | None:
        """Give the item with a value."""
        return next((item for item in self.all(operation) if item.get(key) == value), None)

    def subnet(self, name: str) -> Item:
        """Give a subnet."""
        found = self.one("DescribeSubnets", "SubnetId", name)
        assert found is not None, name
        return found

    def interface(self, name: str) -> Item:
        """Give an interface."""
        found = self.one("DescribeNetworkInterfaces", "NetworkInterfaceId", name)
        assert found is not None, name
        return found

    def blocks(self, vpc: str) -> list[Network]:
        """Give a VPC's blocks."""
        item = self.one("DescribeVpcs", "VpcId", vpc)
        if item is None:
            return []
        said = [one["CidrBlock"] for one in item["CidrBlockAssociationSet"]]
        said += [one["Ipv6CidrBlock"] for one in item["Ipv6CidrBlockAssociationSet"]]
        return [ip_network(block) for block in said]

    def belongs(self, vpc: str, address: Address) -> bool:
        """Say whether an address lies in a VPC's blocks."""
        return any(address in block for block in self.blocks(vpc))

    def own_addresses(self, interface: Item) -> list[Address]:
        """Give an interface's addresses."""
        found = [one["PrivateIpAddress"] for one in interface["PrivateIpAddresses"]]
        found += [one["Ipv6Address"] for one in interface["Ipv6Addresses"]]
        return [ip_address(one) for one in found]

    def holds(self, interface: Item, address: Address) -> bool:
        """Say whether an interface has an address, or was delegated a block with it."""
        delegated = [one["Ipv4Prefix"] for one in interface.get("Ipv4Prefixes", [])]
        delegated += [one["Ipv6Prefix"] for one in interface.get("Ipv6Prefixes", [])]
        return address in self.own_addresses(interface) or any(address in ip_network(one) for one in delegated)

    def holder(self, vpc: str, address: Address) -> Item | None:
        """Give the interface of a VPC that has an address."""
        here = [one for one in self.all("DescribeNetworkInterfaces") if one["VpcId"] == vpc]
        exact = [one for one in here if address in self.own_addresses(one)]
        return next(iter(exact), None) or next((one for one in here if self.holds(one, address)), None)

    def public_of(self, vpc: str, address: Address) -> Address | None:
        """Give the public address that an address of a VPC goes out with."""
        nat = self.nat_with(vpc, address)
        if nat is not None and nat["ConnectivityType"] == "private":
            return None
        for interface in self.all("DescribeNetworkInterfaces"):
            for one in interface["PrivateIpAddresses"]:
                if (
                    interface["VpcId"] == vpc
                    and ip_address(one["PrivateIpAddress"]) == address
                    and "Association" in one
                ):
                    return ip_address(one["Association"]["PublicIp"])
        return None

    def private_behind(self, public: Address) -> tuple[str, Address] | None:
        """Give the VPC and address that a public address leads to."""
        for interface in self.all("DescribeNetworkInterfaces"):
            for one in interface["PrivateIpAddresses"]:
                address = ip_address(one["PrivateIpAddress"])
                if self.public_of(interface["VpcId"], address) == public:
                    return interface["VpcId"], address
        return None

    def nat_with(self, vpc: str, address: Address) -> Item | None:
        """Give the NAT gateway that has an address as its own."""
        for nat in self.all("DescribeNatGateways"):
            if nat["VpcId"] == vpc and nat["State"] == "available":
                if any(ip_address(one["PrivateIp"]) == address for one in nat["NatGatewayAddresses"]):
                    return nat
        return None

    def attached(self, operation: str, vpc: str) -> list[Item]:
        """Give the internet gateways of a VPC."""
        gateways = self.all(operation)
        return [one for one in gateways if any(attached["VpcId"] == vpc for attached in one["Attachments"])]

    def table_of(self, subnet: Item) -> Item | None:
        """Give the route table that a subnet's packets are looked up in."""
        tables = [one for one in self.all("DescribeRouteTables") if one["VpcId"] == subnet["VpcId"]]
        for table in tables:
            if any(one.get("SubnetId") == subnet["SubnetId"] for one in table["Associations"]):
                return table
        return next((one for one in tables if any(a.get("Main") for a in one["Associations"])), None)

    def list_entries(self, name: str) -> list[Network]:
        """Give the blocks of a prefix list."""
        for asked, entries in self.asked.get("GetManagedPrefixListEntries", []):
            if asked["PrefixListId"] == name:
                return [ip_network(entry["Cidr"]) for entry in entries]
        return []

    def gateway_rows(self, operation: str, table: str) -> list[Item]:
        """Give what is said about a transit gateway's route table."""
        rows = self.asked.get(operation, [])
        return [row for asked, found in rows if asked["TransitGatewayRouteTableId"] == table for row in found]

    def attachment(self, name: str) -> Item | None:
        """Give a VPC's attachment if it works."""
        found = self.one("DescribeTransitGatewayVpcAttachments", "TransitGatewayAttachmentId", name)
        return found if found is not None and found["State"] == "available" else None
