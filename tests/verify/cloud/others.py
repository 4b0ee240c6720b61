"""What goes by other ways than packets: endpoints, mirrors, logs and names, of the small cloud."""

from __future__ import annotations

from tests.verify.cloud.gateways import Gateways
from tests.verify.cloud.shelf import Item

S3_LIST = "pl-7ca54015"
"""The prefix list that a route to the S3 gateway endpoint names."""


class Others(Gateways):
    """boto3's methods; each takes an account and the parameters."""

    def create_vpc_endpoint(self, account: str, asked: Item) -> Item:
        name, kind = self.new_id("vpce"), asked.get("VpcEndpointType", "Gateway")
        item = {"VpcEndpointId": name, "VpcEndpointType": kind, "VpcId": asked["VpcId"], "OwnerId": account}
        policy = {"PolicyDocument": asked["PolicyDocument"]} if "PolicyDocument" in asked else {}
        item |= {"ServiceName": asked["ServiceName"], "State": "available", "Tags": [], **policy}
        self.keep("VpcEndpoints", account, item)
        for table in asked.get("RouteTableIds", ()):
            route = {"RouteTableId": table, "DestinationPrefixListId": S3_LIST, "GatewayId": name}
            self.create_route(account, route)
        for subnet in asked.get("SubnetIds", ()):
            wanted = {"SubnetId": subnet, "Groups": asked.get("SecurityGroupIds", ()), "InterfaceType": "vpc_endpoint"}
            self.create_network_interface(account, wanted)
        return {"VpcEndpoint": {"VpcEndpointId": name}}

    def create_load_balancer(self, account: str, asked: Item) -> Item:
        self.create_network_interface(
            account, {"SubnetId": asked["Subnets"][0], "InterfaceType": "network_load_balancer"}
        )
        name = f"loadbalancer/net/{asked['Name']}/{self.new_id('lb')}"
        return {"LoadBalancers": [{"LoadBalancerArn": f"arn:aws:elasticloadbalancing:{self.region}:{account}:{name}"}]}

    def create_resource_share(self, _: str, __: Item) -> Item:
        return {}

    def create_log_group(self, _: str, __: Item) -> Item:
        return {}

    def create_vpc_endpoint_service_configuration(self, account: str, _: Item) -> Item:
        name = self.new_id("vpce-svc")
        item = {"ServiceId": name, "ServiceName": f"com.amazonaws.vpce.{self.region}.{name}", "Tags": []}
        self.keep("ServiceConfigurations", account, item)
        return {"ServiceConfiguration": {"ServiceId": name, "ServiceName": item["ServiceName"]}}

    def create_traffic_mirror_target(self, account: str, asked: Item) -> Item:
        item = {"TrafficMirrorTargetId": self.new_id("tmt"), "OwnerId": account, "Type": "network-interface"}
        self.keep(
            "TrafficMirrorTargets", account, {**item, "NetworkInterfaceId": asked["NetworkInterfaceId"], "Tags": []}
        )
        return {"TrafficMirrorTarget": {"TrafficMirrorTargetId": item["TrafficMirrorTargetId"]}}

    def create_traffic_mirror_filter(self, _: str, __: Item) -> Item:
        return {"TrafficMirrorFilter": {"TrafficMirrorFilterId": self.new_id("tmf")}}

    def put(self, account: str, asked: Item) -> Item:
        """Stands for whatever makes a thing of a kind that the model doesn't know."""
        self.keep(asked["kind"], account, asked["item"])
        return {}

    def alter(self, _: str, asked: Item) -> Item:
        """Stands for whatever switches an option on that the model doesn't know."""
        self.find(asked["kind"], asked["key"], asked["id"]).update(asked["set"])
        return {}

    def create_traffic_mirror_session(self, account: str, asked: Item) -> Item:
        name = {"TrafficMirrorSessionId": self.new_id("tms"), "OwnerId": account, "Tags": []}
        self.keep("TrafficMirrorSessions", account, {**name, **asked})
        return {"TrafficMirrorSession": {"TrafficMirrorSessionId": name["TrafficMirrorSessionId"]}}

    def create_flow_logs(self, account: str, asked: Item) -> Item:
        kept = ("LogDestinationType", "LogDestination", "DeliverCrossAccountRole")
        item = {"FlowLogId": self.new_id("fl"), "ResourceId": asked["ResourceIds"][0]}
        self.keep("FlowLogs", account, {**item, **{key: asked[key] for key in kept if key in asked}})
        return {"FlowLogIds": [item["FlowLogId"]]}

    def create_bucket(self, account: str, asked: Item) -> Item:
        self.keep("Buckets", account, {"Name": asked["Bucket"]})
        return {}

    def create_hosted_zone(self, account: str, asked: Item) -> Item:
        name = f"/hostedzone/{self.new_id('Z')}"
        zone = {"Id": name, "Name": asked["Name"], "Config": {"PrivateZone": True}, "_vpcs": [asked["VPC"]]}
        self.keep("HostedZones", account, zone)
        return {"HostedZone": {"Id": name}}

    def create_vpc_association_authorization(self, _: str, asked: Item) -> Item:
        return {"HostedZoneId": asked["HostedZoneId"], "VPC": asked["VPC"]}

    def associate_vpc_with_hosted_zone(self, _: str, asked: Item) -> Item:
        self.find("HostedZones", "Id", asked["HostedZoneId"])["_vpcs"].append(asked["VPC"])
        return {}

    def create_resolver_endpoint(self, account: str, asked: Item) -> Item:
        subnet = self.find("Subnets", "SubnetId", asked["IpAddresses"][0]["SubnetId"])
        item = {"Id": self.new_id("rslvr-out"), "Direction": asked["Direction"], "HostVPCId": subnet["VpcId"]}
        self.keep("ResolverEndpoints", account, item)
        return {"ResolverEndpoint": item}

    def create_resolver_rule(self, account: str, asked: Item) -> Item:
        kept = ("RuleType", "DomainName", "TargetIps", "ResolverEndpointId")
        item = {"Id": self.new_id("rslvr-rr"), "OwnerId": account, **{key: asked[key] for key in kept if key in asked}}
        self.keep("ResolverRules", account, item)
        return {"ResolverRule": {"Id": item["Id"]}}

    def share_resolver_rule(self, _: str, asked: Item) -> Item:
        """Stands for a RAM share: another account may associate the rule with its VPCs."""
        self.find("ResolverRules", "Id", asked["ResolverRuleId"])["_seen_by"].add(asked["With"])
        return {}

    def associate_resolver_rule(self, account: str, asked: Item) -> Item:
        item = {"Id": self.new_id("rslvr-rrassoc"), "ResolverRuleId": asked["ResolverRuleId"], "VPCId": asked["VPCId"]}
        self.keep("ResolverRuleAssociations", account, item)
        return {"ResolverRuleAssociation": {"Id": item["Id"]}}

    def create_resolver_query_log_config(self, account: str, asked: Item) -> Item:
        item = {"Id": self.new_id("rqlc"), "OwnerId": account, "DestinationArn": asked["DestinationArn"]}
        self.keep("ResolverQueryLogConfigs", account, item)
        return {"ResolverQueryLogConfig": {"Id": item["Id"]}}

    def associate_resolver_query_log_config(self, account: str, asked: Item) -> Item:
        kept = {key: asked[key] for key in ("ResolverQueryLogConfigId", "ResourceId")}
        item = {"Id": self.new_id("rqlca"), "Status": "ACTIVE", **kept}
        self.keep("ResolverQueryLogConfigAssociations", account, item)
        return {"ResolverQueryLogConfigAssociation": {"Id": item["Id"]}}

    def create_instance_connect_endpoint(self, account: str, asked: Item) -> Item:
        subnet, name = self.find("Subnets", "SubnetId", asked["SubnetId"]), self.new_id("eice")
        wanted = {"SubnetId": subnet["SubnetId"], "Groups": asked.get("SecurityGroupIds", ())}
        self.create_network_interface(account, {**wanted, "InterfaceType": "ec2_instance_connect_endpoint"})
        item = {"InstanceConnectEndpointId": name, "VpcId": subnet["VpcId"], "State": "create-complete"}
        self.keep("InstanceConnectEndpoints", account, {**item, "SubnetId": subnet["SubnetId"]})
        return {"InstanceConnectEndpoint": {"InstanceConnectEndpointId": name}}

    def create_firewall_domain_list(self, account: str, asked: Item) -> Item:
        item = {"Id": self.new_id("rslvr-fdl"), "Name": asked["Name"]}
        self.keep("FirewallDomainLists", account, {**item, "_domains": []})
        return {"FirewallDomainList": item}

    def update_firewall_domains(self, _: str, asked: Item) -> Item:
        found = self.find("FirewallDomainLists", "Id", asked["FirewallDomainListId"])
        others = [one for one in found["_domains"] if one not in asked["Domains"]]
        kept = [] if asked["Operation"] == "REPLACE" else others
        found["_domains"] = kept if asked["Operation"] == "REMOVE" else [*kept, *asked["Domains"]]
        return {}

    def create_firewall_rule_group(self, account: str, asked: Item) -> Item:
        item = {"Id": self.new_id("rslvr-frg"), "Name": asked["Name"]}
        self.keep("FirewallRuleGroups", account, item)
        return {"FirewallRuleGroup": item}

    def create_firewall_rule(self, account: str, asked: Item) -> Item:
        kept = ("FirewallRuleGroupId", "FirewallDomainListId", "Priority", "Action", "Name")
        self.keep("FirewallRules", account, {key: asked[key] for key in kept})
        return {}

    def update_firewall_rule(self, _: str, asked: Item) -> Item:
        rule = self.find("FirewallRules", "FirewallDomainListId", asked["FirewallDomainListId"])
        rule.update({key: asked[key] for key in ("Priority", "Action") if key in asked})
        return {}

    def delete_firewall_rule(self, _: str, asked: Item) -> Item:
        self.drop("FirewallRules", "FirewallDomainListId", asked["FirewallDomainListId"])
        return {}

    def associate_firewall_rule_group(self, account: str, asked: Item) -> Item:
        item = {"Id": self.new_id("rslvr-frgassoc"), "Status": "COMPLETE"}
        kept = ("FirewallRuleGroupId", "VpcId", "Priority", "Name")
        self.keep("FirewallRuleGroupAssociations", account, {**item, **{key: asked[key] for key in kept}})
        return {"FirewallRuleGroupAssociation": item}

    def disassociate_firewall_rule_group(self, _: str, asked: Item) -> Item:
        self.drop("FirewallRuleGroupAssociations", "Id", asked["FirewallRuleGroupAssociationId"])
        return {}

    def update_firewall_config(self, account: str, asked: Item) -> Item:
        self.drop("FirewallConfigs", "ResourceId", asked["ResourceId"])
        item = {"Id": self.new_id("rslvr-fc"), "OwnerId": account, "ResourceId": asked["ResourceId"]}
        self.keep("FirewallConfigs", account, {**item, "FirewallFailOpen": asked["FirewallFailOpen"]})
        return {}
