"""VPCs, subnets, route tables and interfaces of the small cloud."""

from __future__ import annotations

from ipaddress import ip_network

from tests.verify.cloud.shelf import Item, Shelf


class Networks(Shelf):
    """boto3's methods; each takes an account and the parameters."""

    def create_vpc(self, account: str, asked: Item) -> Item:
        vpc, block = self.new_id("vpc"), _block(self.new_id("vpc-cidr-assoc"), "CidrBlock", asked["CidrBlock"])
        item = {"VpcId": vpc, "OwnerId": account, "CidrBlock": asked["CidrBlock"], "State": "available"}
        tags = [tag for spec in asked.get("TagSpecifications", ()) for tag in spec["Tags"]]
        blocks: Item = {"CidrBlockAssociationSet": [block], "Ipv6CidrBlockAssociationSet": []}
        self.keep("Vpcs", account, {**item, **blocks, "IsDefault": False, "Tags": tags})
        table = self._new_table(account, vpc)
        table["Associations"] = [_association(self.new_id("rtbassoc"), table["RouteTableId"], main=True)]
        self.new_acl(account, vpc, default=True)
        return {"Vpc": {"VpcId": vpc}}

    def new_acl(self, account: str, vpc: str, *, default: bool) -> Item:
        item = {"NetworkAclId": self.new_id("acl"), "VpcId": vpc, "OwnerId": account, "IsDefault": default, "Tags": []}
        return self.keep("NetworkAcls", account, {**item, "Associations": [], "Entries": []})

    def _new_table(self, account: str, vpc: str) -> Item:
        item = {"RouteTableId": self.new_id("rtb"), "VpcId": vpc, "OwnerId": account, "Tags": []}
        return self.keep("RouteTables", account, {**item, "Associations": [], "Routes": []})

    def associate_vpc_cidr_block(self, _: str, asked: Item) -> Item:
        vpc, said = self.find("Vpcs", "VpcId", asked["VpcId"]), dict(asked)
        if said.get("AmazonProvidedIpv6CidrBlock"):
            said["Ipv6CidrBlock"] = f"2a05:d01c:{next(self.numbers):x}::/56"
        for key in ("CidrBlock", "Ipv6CidrBlock"):
            if key in said:
                vpc[f"{key}AssociationSet"].append(_block(self.new_id("vpc-cidr-assoc"), key, said[key]))
        return {"Ipv6CidrBlockAssociation": {"Ipv6CidrBlock": said.get("Ipv6CidrBlock")}}

    def create_subnet(self, account: str, asked: Item) -> Item:
        subnet, vpc = self.new_id("subnet"), self.find("Vpcs", "VpcId", asked["VpcId"])
        item = {"SubnetId": subnet, "VpcId": vpc["VpcId"], "OwnerId": vpc["OwnerId"], "CidrBlock": asked["CidrBlock"]}
        options = {"State": "available", "MapPublicIpOnLaunch": False, "EnableDns64": False, "Ipv6Native": False}
        place = {"AvailabilityZoneId": asked["AvailabilityZoneId"], "AvailableIpAddressCount": 11, "Tags": []}
        self.keep("Subnets", account, {**item, **options, **place, "Ipv6CidrBlockAssociationSet": []})
        default = next(acl for acl in self.of("NetworkAcls") if acl["VpcId"] == vpc["VpcId"] and acl["IsDefault"])
        name = {"NetworkAclAssociationId": self.new_id("aclassoc"), "NetworkAclId": default["NetworkAclId"]}
        default["Associations"].append({**name, "SubnetId": subnet})
        return {"Subnet": {"SubnetId": subnet}}

    def share_subnet(self, _: str, asked: Item) -> Item:
        """Stands for a RAM share: another account sees a subnet and its VPC, and may put interfaces there."""
        subnet = self.find("Subnets", "SubnetId", asked["SubnetId"])
        subnet["_seen_by"].add(asked["With"])
        self.find("Vpcs", "VpcId", subnet["VpcId"])["_seen_by"].add(asked["With"])
        return {}

    def associate_subnet_cidr_block(self, _: str, asked: Item) -> Item:
        subnet = self.find("Subnets", "SubnetId", asked["SubnetId"])
        one = _block(self.new_id("subnet-cidr-assoc"), "Ipv6CidrBlock", asked["Ipv6CidrBlock"])
        subnet["Ipv6CidrBlockAssociationSet"].append(one)
        return {}

    def create_route_table(self, account: str, asked: Item) -> Item:
        return {"RouteTable": {"RouteTableId": self._new_table(account, asked["VpcId"])["RouteTableId"]}}

    def associate_route_table(self, _: str, asked: Item) -> Item:
        for table in self.of("RouteTables"):
            kept = [one for one in table["Associations"] if one.get("SubnetId") != asked["SubnetId"]]
            table["Associations"] = kept
        name, table = self.new_id("rtbassoc"), self.find("RouteTables", "RouteTableId", asked["RouteTableId"])
        table["Associations"].append(_association(name, asked["RouteTableId"], subnet=asked["SubnetId"]))
        return {"AssociationId": name}

    def disassociate_route_table(self, _: str, asked: Item) -> Item:
        for table in self.of("RouteTables"):
            named = asked["AssociationId"]
            table["Associations"] = [one for one in table["Associations"] if one["RouteTableAssociationId"] != named]
        return {}

    def replace_route_table_association(self, account: str, asked: Item) -> Item:
        for table in self.of("RouteTables"):
            for one in table["Associations"]:
                if one["RouteTableAssociationId"] == asked["AssociationId"]:
                    there = {"RouteTableId": asked["RouteTableId"], "SubnetId": one["SubnetId"]}
                    return {"NewAssociationId": self.associate_route_table(account, there)["AssociationId"]}
        raise KeyError(asked["AssociationId"])

    def create_route(self, _: str, asked: Item) -> Item:
        route = dict(asked)
        table = self.find("RouteTables", "RouteTableId", route.pop("RouteTableId"))
        if "VpcEndpointId" in route:
            route["GatewayId"] = route.pop("VpcEndpointId")
        table["Routes"].append({**route, "Origin": "CreateRoute", "State": "active"})
        return {"Return": True}

    def replace_route(self, account: str, asked: Item) -> Item:
        self.delete_route(account, {k: v for k, v in asked.items() if k == "RouteTableId" or k.startswith("Destin")})
        return self.create_route(account, asked)

    def delete_route(self, _: str, asked: Item) -> Item:
        table = self.find("RouteTables", "RouteTableId", asked["RouteTableId"])
        where = [(key, value) for key, value in asked.items() if key.startswith("Destination")]
        table["Routes"] = [one for one in table["Routes"] if any(one.get(key) != value for key, value in where)]
        return {}

    def create_network_interface(self, account: str, asked: Item) -> Item:
        subnet, name = self.find("Subnets", "SubnetId", asked["SubnetId"]), self.new_id("eni")
        address, kind = asked.get("PrivateIpAddress") or self._free(subnet), asked.get("InterfaceType", "interface")
        item = {
            "NetworkInterfaceId": name,
            "OwnerId": account,
            "VpcId": subnet["VpcId"],
            "SubnetId": subnet["SubnetId"],
        }
        addresses = {
            "PrivateIpAddress": address,
            "PrivateIpAddresses": [{"Primary": True, "PrivateIpAddress": address}],
            "Ipv6Addresses": [{"Ipv6Address": one["Ipv6Address"]} for one in asked.get("Ipv6Addresses", ())],
        }
        options = {
            "InterfaceType": kind,
            "Groups": [{"GroupId": group, "GroupName": group} for group in asked.get("Groups", ())],
            "SourceDestCheck": kind not in {"nat_gateway", "transit_gateway"},
            "RequesterManaged": kind != "interface",
            "Status": "in-use",
            "TagSet": [],
        }
        attachment = {"Attachment": asked["Attachment"]} if "Attachment" in asked else {}
        made = self.keep("NetworkInterfaces", account, {**item, **addresses, **options, **attachment})
        if account != subnet["_owner"]:
            made["_seen_by"] = {subnet["_owner"]}
        return {"NetworkInterface": {"NetworkInterfaceId": name, "PrivateIpAddress": address}}

    def _free(self, subnet: Item) -> str:
        here = [one for one in self.of("NetworkInterfaces") if one["SubnetId"] == subnet["SubnetId"]]
        taken = {one["PrivateIpAddress"] for interface in here for one in interface["PrivateIpAddresses"]}
        block = ip_network(subnet["CidrBlock"])
        places = (str(block[number]) for number in range(block.num_addresses - 2, 3, -1))
        return next(place for place in places if place not in taken)

    def delete_network_interface(self, _: str, asked: Item) -> Item:
        self.drop("NetworkInterfaces", "NetworkInterfaceId", asked["NetworkInterfaceId"])
        return {}

    def run_instances(self, account: str, asked: Item) -> Item:
        attachment = {"InstanceId": self.new_id("i"), "InstanceOwnerId": account, "Status": "attached"}
        wanted: Item = {"SubnetId": asked["SubnetId"], "Groups": asked["SecurityGroupIds"], "Attachment": attachment}
        if "PrivateIpAddress" in asked:
            wanted["PrivateIpAddress"] = asked["PrivateIpAddress"]
        made = self.create_network_interface(account, wanted)["NetworkInterface"]
        return {"Instances": [{"InstanceId": attachment["InstanceId"], "NetworkInterfaces": [made]}]}

    def terminate_instances(self, _: str, asked: Item) -> Item:
        for interface in list(self.of("NetworkInterfaces")):
            if interface.get("Attachment", {}).get("InstanceId") in asked["InstanceIds"]:
                self.drop("NetworkInterfaces", "NetworkInterfaceId", interface["NetworkInterfaceId"])
        return {}

    def modify_network_interface_attribute(self, _: str, asked: Item) -> Item:
        interface = self.find("NetworkInterfaces", "NetworkInterfaceId", asked["NetworkInterfaceId"])
        if "Groups" in asked:
            interface["Groups"] = [{"GroupId": group, "GroupName": group} for group in asked["Groups"]]
        if "SourceDestCheck" in asked:
            interface["SourceDestCheck"] = asked["SourceDestCheck"]["Value"]
        return {}

    def assign_private_ip_addresses(self, _: str, asked: Item) -> Item:
        interface = self.find("NetworkInterfaces", "NetworkInterfaceId", asked["NetworkInterfaceId"])
        new = [{"Primary": False, "PrivateIpAddress": one} for one in asked.get("PrivateIpAddresses", ())]
        interface["PrivateIpAddresses"] += new
        interface.setdefault("Ipv4Prefixes", []).extend({"Ipv4Prefix": one} for one in asked.get("Ipv4Prefixes", ()))
        return {}

    def assign_ipv6_addresses(self, _: str, asked: Item) -> Item:
        interface = self.find("NetworkInterfaces", "NetworkInterfaceId", asked["NetworkInterfaceId"])
        interface["Ipv6Addresses"] += [{"Ipv6Address": one} for one in asked["Ipv6Addresses"]]
        return {}

    def create_network_interface_permission(self, _: str, __: Item) -> Item:
        return {}

    def attach_network_interface(self, _: str, asked: Item) -> Item:
        interface = self.find("NetworkInterfaces", "NetworkInterfaceId", asked["NetworkInterfaceId"])
        machine = next(
            one
            for one in self.of("NetworkInterfaces")
            if one.get("Attachment", {}).get("InstanceId") == asked["InstanceId"]
        )
        interface["Attachment"] = {"InstanceId": asked["InstanceId"], "InstanceOwnerId": machine["OwnerId"]}
        return {}


def _block(name: str, key: str, cidr: str) -> Item:
    return {"AssociationId": name, key: cidr, f"{key}State": {"State": "associated"}}


def _association(name: str, table: str, *, subnet: str = "", main: bool = False) -> Item:
    item = {"RouteTableAssociationId": name, "RouteTableId": table, "Main": main}
    return {**item, "AssociationState": {"State": "associated"}, **({"SubnetId": subnet} if subnet else {})}
