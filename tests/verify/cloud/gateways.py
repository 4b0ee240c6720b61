"""Internet, NAT and transit gateways, public addresses and peering connections of the small cloud."""

from __future__ import annotations

from tests.verify.cloud.rules import Rules
from tests.verify.cloud.shelf import Item

_ATTACHED = ("TransitGatewayVpcAttachments", "TransitGatewayAttachments")


class Gateways(Rules):
    """boto3's methods; each takes an account and the parameters."""

    def create_internet_gateway(self, account: str, _: Item) -> Item:
        item = {"InternetGatewayId": self.new_id("igw"), "OwnerId": account, "Attachments": []}
        return {
            "InternetGateway": {"InternetGatewayId": self.keep("InternetGateways", account, item)["InternetGatewayId"]}
        }

    def attach_internet_gateway(self, _: str, asked: Item) -> Item:
        gateway = self.find("InternetGateways", "InternetGatewayId", asked["InternetGatewayId"])
        gateway["Attachments"] = [{"State": "available", "VpcId": asked["VpcId"]}]
        return {}

    def detach_internet_gateway(self, _: str, asked: Item) -> Item:
        self.find("InternetGateways", "InternetGatewayId", asked["InternetGatewayId"])["Attachments"] = []
        return {}

    def create_vpn_gateway(self, account: str, _: Item) -> Item:
        item = {"VpnGatewayId": self.new_id("vgw"), "State": "available", "VpcAttachments": []}
        return {"VpnGateway": {"VpnGatewayId": self.keep("VpnGateways", account, item)["VpnGatewayId"]}}

    def attach_vpn_gateway(self, _: str, asked: Item) -> Item:
        gateway = self.find("VpnGateways", "VpnGatewayId", asked["VpnGatewayId"])
        gateway["VpcAttachments"] = [{"State": "attached", "VpcId": asked["VpcId"]}]
        return {}

    def create_egress_only_internet_gateway(self, account: str, asked: Item) -> Item:
        name, attached = self.new_id("eigw"), [{"State": "attached", "VpcId": asked["VpcId"]}]
        item = {"EgressOnlyInternetGatewayId": name, "Attachments": attached, "Tags": []}
        self.keep("EgressOnlyInternetGateways", account, item)
        return {"EgressOnlyInternetGateway": {"EgressOnlyInternetGatewayId": name}}

    def allocate_address(self, account: str, asked: Item) -> Item:
        number = next(self.numbers)
        public, name = asked.get("Address") or f"18.130.{number // 250 % 250}.{number % 250}", self.new_id("eipalloc")
        self.keep("Addresses", account, {"AllocationId": name, "PublicIp": public, "Domain": "vpc", "Tags": []})
        return {"AllocationId": name, "PublicIp": public}

    def associate_address(self, account: str, asked: Item) -> Item:
        address = self.find("Addresses", "AllocationId", asked["AllocationId"])
        interface = self.find("NetworkInterfaces", "NetworkInterfaceId", asked["NetworkInterfaceId"])
        private = asked.get("PrivateIpAddress") or interface["PrivateIpAddress"]
        address.update({"NetworkInterfaceId": asked["NetworkInterfaceId"], "PrivateIpAddress": private})
        associated = {"PublicIp": address["PublicIp"], "AllocationId": asked["AllocationId"], "IpOwnerId": account}
        for one in interface["PrivateIpAddresses"]:
            if one["PrivateIpAddress"] == private:
                one["Association"] = associated
        if private == interface["PrivateIpAddress"]:
            interface["Association"] = associated
        return {"AssociationId": self.new_id("eipassoc")}

    def create_nat_gateway(self, account: str, asked: Item) -> Item:
        subnet, name = self.find("Subnets", "SubnetId", asked["SubnetId"]), self.new_id("nat")
        wanted = {"SubnetId": asked["SubnetId"], "InterfaceType": "nat_gateway"}
        interface = self.create_network_interface(account, wanted)["NetworkInterface"]
        address = {"PrivateIp": interface["PrivateIpAddress"], "NetworkInterfaceId": interface["NetworkInterfaceId"]}
        if "AllocationId" in asked:
            pair = {"AllocationId": asked["AllocationId"], "NetworkInterfaceId": interface["NetworkInterfaceId"]}
            self.associate_address(account, pair)
            address["PublicIp"] = self.find("Addresses", "AllocationId", asked["AllocationId"])["PublicIp"]
        item = {"NatGatewayId": name, "State": "available", "SubnetId": subnet["SubnetId"], "VpcId": subnet["VpcId"]}
        kind = asked.get("ConnectivityType", "public")
        options = {"ConnectivityType": kind, "NatGatewayAddresses": [address], "Tags": []}
        self.keep("NatGateways", account, {**item, **options})
        return {"NatGateway": {"NatGatewayId": name}}

    def delete_nat_gateway(self, _: str, asked: Item) -> Item:
        self.find("NatGateways", "NatGatewayId", asked["NatGatewayId"])["State"] = "deleted"
        return {}

    def create_vpc_peering_connection(self, account: str, asked: Item) -> Item:
        name = self.new_id("pcx")
        here = {"VpcId": asked["VpcId"], "OwnerId": account, "Region": self.region}
        there = {
            "VpcId": asked["PeerVpcId"],
            "OwnerId": asked["PeerOwnerId"],
            "Region": asked.get("PeerRegion", self.region),
        }
        item = {"VpcPeeringConnectionId": name, "RequesterVpcInfo": here, "AccepterVpcInfo": there, "Tags": []}
        made = self.keep("VpcPeeringConnections", account, {**item, "Status": {"Code": "pending-acceptance"}})
        made["_seen_by"] = {asked["PeerOwnerId"]}
        return {"VpcPeeringConnection": {"VpcPeeringConnectionId": name}}

    def accept_vpc_peering_connection(self, _: str, asked: Item) -> Item:
        found = self.find("VpcPeeringConnections", "VpcPeeringConnectionId", asked["VpcPeeringConnectionId"])
        found["Status"] = {"Code": "active", "Message": "Active"}
        return {}

    def create_transit_gateway(self, account: str, asked: Item) -> Item:
        name = self.new_id("tgw")
        options = {
            "SecurityGroupReferencingSupport": "disable",
            "MulticastSupport": "disable",
            **asked.get("Options", {}),
        }
        item = {"TransitGatewayId": name, "OwnerId": account, "State": "available", "Options": options, "Tags": []}
        self.keep("TransitGateways", account, item)
        return {"TransitGateway": {"TransitGatewayId": name}}

    def modify_transit_gateway(self, _: str, asked: Item) -> Item:
        self.find("TransitGateways", "TransitGatewayId", asked["TransitGatewayId"])["Options"].update(asked["Options"])
        return {}

    def create_transit_gateway_vpc_attachment(self, account: str, asked: Item) -> Item:
        name = self.new_id("tgw-attach")
        gateway = self.find("TransitGateways", "TransitGatewayId", asked["TransitGatewayId"])
        gateway["_seen_by"].add(account)
        options = {"SecurityGroupReferencingSupport": "disable", "Ipv6Support": "disable"}
        options |= {"ApplianceModeSupport": "disable", **asked.get("Options", {})}
        item = {
            "TransitGatewayAttachmentId": name,
            "TransitGatewayId": gateway["TransitGatewayId"],
            "State": "available",
        }
        vpc = {
            "VpcId": asked["VpcId"],
            "VpcOwnerId": account,
            "SubnetIds": list(asked["SubnetIds"]),
            "Options": options,
        }
        general = {"ResourceType": "vpc", "ResourceId": asked["VpcId"], "ResourceOwnerId": account}
        for kind, more in zip(_ATTACHED, (vpc, general), strict=True):
            self.keep(kind, account, {**item, **more, "Tags": []})["_seen_by"] = {gateway["OwnerId"]}
        for subnet in asked["SubnetIds"]:
            self.create_network_interface(account, {"SubnetId": subnet, "InterfaceType": "transit_gateway"})
        return {"TransitGatewayVpcAttachment": {"TransitGatewayAttachmentId": name}}

    def modify_transit_gateway_vpc_attachment(self, _: str, asked: Item) -> Item:
        name = asked["TransitGatewayAttachmentId"]
        found = self.find("TransitGatewayVpcAttachments", "TransitGatewayAttachmentId", name)
        found["Options"].update(asked.get("Options", {}))
        left = [one for one in found["SubnetIds"] if one not in asked.get("RemoveSubnetIds", ())]
        found["SubnetIds"] = [*left, *asked.get("AddSubnetIds", ())]
        return {}

    def delete_transit_gateway_vpc_attachment(self, _: str, asked: Item) -> Item:
        name = asked["TransitGatewayAttachmentId"]
        for kind in _ATTACHED:
            self.find(kind, "TransitGatewayAttachmentId", name)["State"] = "deleted"
        for table in self.of("TransitGatewayRouteTables"):
            for rows in ("_associations", "_propagations"):
                table[rows] = [row for row in table[rows] if row["TransitGatewayAttachmentId"] != name]
            for route in table["_routes"]:
                if any(one["TransitGatewayAttachmentId"] == name for one in route["TransitGatewayAttachments"]):
                    route["State"] = "blackhole"
        return {}

    def create_transit_gateway_route_table(self, account: str, asked: Item) -> Item:
        item = {"TransitGatewayRouteTableId": self.new_id("tgw-rtb"), "TransitGatewayId": asked["TransitGatewayId"]}
        inner: Item = {"_associations": [], "_propagations": [], "_routes": []}
        made = self.keep("TransitGatewayRouteTables", account, {**item, **inner, "State": "available", "Tags": []})
        return {"TransitGatewayRouteTable": {"TransitGatewayRouteTableId": made["TransitGatewayRouteTableId"]}}

    def _gateway_table(self, asked: Item) -> Item:
        name = asked["TransitGatewayRouteTableId"]
        return self.find("TransitGatewayRouteTables", "TransitGatewayRouteTableId", name)

    def associate_transit_gateway_route_table(self, _: str, asked: Item) -> Item:
        row = {"TransitGatewayAttachmentId": asked["TransitGatewayAttachmentId"], "ResourceType": "vpc"}
        self._gateway_table(asked)["_associations"].append({**row, "State": "associated"})
        return {}

    def disassociate_transit_gateway_route_table(self, _: str, asked: Item) -> Item:
        table, name = self._gateway_table(asked), asked["TransitGatewayAttachmentId"]
        table["_associations"] = [row for row in table["_associations"] if row["TransitGatewayAttachmentId"] != name]
        return {}

    def enable_transit_gateway_route_table_propagation(self, _: str, asked: Item) -> Item:
        row = {"TransitGatewayAttachmentId": asked["TransitGatewayAttachmentId"], "ResourceType": "vpc"}
        self._gateway_table(asked)["_propagations"].append({**row, "State": "enabled"})
        return {}

    def disable_transit_gateway_route_table_propagation(self, _: str, asked: Item) -> Item:
        table, name = self._gateway_table(asked), asked["TransitGatewayAttachmentId"]
        table["_propagations"] = [row for row in table["_propagations"] if row["TransitGatewayAttachmentId"] != name]
        return {}

    def create_transit_gateway_route(self, _: str, asked: Item) -> Item:
        name = asked.get("TransitGatewayAttachmentId")
        to = [{"TransitGatewayAttachmentId": name, "ResourceType": "vpc"}] if name else []
        state = "blackhole" if asked.get("Blackhole") else "active"
        route = {"DestinationCidrBlock": asked["DestinationCidrBlock"], "TransitGatewayAttachments": to, "State": state}
        self._gateway_table(asked)["_routes"].append({**route, "Type": "static"})
        return {}

    def delete_transit_gateway_route(self, _: str, asked: Item) -> Item:
        table, block = self._gateway_table(asked), asked["DestinationCidrBlock"]
        table["_routes"] = [route for route in table["_routes"] if route["DestinationCidrBlock"] != block]
        return {}

    def replace_transit_gateway_route(self, account: str, asked: Item) -> Item:
        self.delete_transit_gateway_route(account, asked)
        return self.create_transit_gateway_route(account, asked)
