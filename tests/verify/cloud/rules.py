"""Security groups, prefix lists and network ACLs of the small cloud."""

from __future__ import annotations

from collections.abc import Iterator

from tests.verify.cloud.networks import Networks
from tests.verify.cloud.shelf import Item


class Rules(Networks):
    """boto3's methods; each takes an account and the parameters."""

    def create_security_group(self, account: str, asked: Item) -> Item:
        """Unlike AWS's, it comes without leave to send everywhere: the range's stacks revoke that at once."""
        item = {"GroupId": self.new_id("sg"), "VpcId": asked["VpcId"], "OwnerId": account, "Tags": []}
        words = {"GroupName": asked["GroupName"], "Description": asked.get("Description", "")}
        self.keep("SecurityGroups", account, {**item, **words, "IpPermissions": [], "IpPermissionsEgress": []})
        return {"GroupId": item["GroupId"]}

    def authorize_security_group_ingress(self, account: str, asked: Item) -> Item:
        return self._authorize(account, asked, egress=False)

    def authorize_security_group_egress(self, account: str, asked: Item) -> Item:
        return self._authorize(account, asked, egress=True)

    def _authorize(self, account: str, asked: Item, *, egress: bool) -> Item:
        made = []
        for permission in asked["IpPermissions"]:
            for peer in _peers(permission):
                rule = {
                    "SecurityGroupRuleId": self.new_id("sgr"),
                    "GroupId": asked["GroupId"],
                    "IsEgress": egress,
                    "IpProtocol": permission["IpProtocol"],
                    "FromPort": permission.get("FromPort", -1),
                    "ToPort": permission.get("ToPort", -1),
                    "Tags": [],
                    **peer,
                }
                made.append(self.keep("SecurityGroupRules", account, rule))
        self._show_old_way(asked["GroupId"])
        return {"SecurityGroupRules": [{"SecurityGroupRuleId": rule["SecurityGroupRuleId"]} for rule in made]}

    def _show_old_way(self, group: str) -> None:
        """Keep a group's rules as DescribeSecurityGroups shows them, too."""
        item = self.find("SecurityGroups", "GroupId", group)
        rules = [rule for rule in self.of("SecurityGroupRules") if rule["GroupId"] == group]
        item["IpPermissions"] = [_permission(rule) for rule in rules if not rule["IsEgress"]]
        item["IpPermissionsEgress"] = [_permission(rule) for rule in rules if rule["IsEgress"]]

    def revoke_security_group_ingress(self, _: str, asked: Item) -> Item:
        for rule in asked["SecurityGroupRuleIds"]:
            self.drop("SecurityGroupRules", "SecurityGroupRuleId", rule)
        self._show_old_way(asked["GroupId"])
        return {"Return": True}

    revoke_security_group_egress = revoke_security_group_ingress

    def create_managed_prefix_list(self, account: str, asked: Item) -> Item:
        item = {"PrefixListId": self.new_id("pl"), "OwnerId": account, "Version": 1, "_entries": asked["Entries"]}
        return {"PrefixList": {"PrefixListId": self.keep("PrefixLists", account, item)["PrefixListId"]}}

    def modify_managed_prefix_list(self, _: str, asked: Item) -> Item:
        self.find("PrefixLists", "PrefixListId", asked["PrefixListId"])["_entries"] += asked["AddEntries"]
        return {}

    def create_network_acl(self, account: str, asked: Item) -> Item:
        return {"NetworkAcl": {"NetworkAclId": self.new_acl(account, asked["VpcId"], default=False)["NetworkAclId"]}}

    def create_network_acl_entry(self, _: str, asked: Item) -> Item:
        entry = dict(asked)
        self.find("NetworkAcls", "NetworkAclId", entry.pop("NetworkAclId"))["Entries"].append(entry)
        return {}

    def delete_network_acl_entry(self, _: str, asked: Item) -> Item:
        acl = self.find("NetworkAcls", "NetworkAclId", asked["NetworkAclId"])
        place = (asked["RuleNumber"], asked["Egress"])
        acl["Entries"] = [entry for entry in acl["Entries"] if (entry["RuleNumber"], entry["Egress"]) != place]
        return {}

    def replace_network_acl_entry(self, account: str, asked: Item) -> Item:
        self.delete_network_acl_entry(account, asked)
        return self.create_network_acl_entry(account, asked)

    def replace_network_acl_association(self, _: str, asked: Item) -> Item:
        for acl in self.of("NetworkAcls"):
            for one in list(acl["Associations"]):
                if one["NetworkAclAssociationId"] == asked["AssociationId"]:
                    acl["Associations"].remove(one)
                    other = self.find("NetworkAcls", "NetworkAclId", asked["NetworkAclId"])
                    other["Associations"].append({**one, "NetworkAclId": asked["NetworkAclId"]})
                    return {"NewAssociationId": asked["AssociationId"]}
        raise KeyError(asked["AssociationId"])


def _peers(permission: Item) -> Iterator[Item]:
    """Give the peers of a permission in the form of single rules."""
    yield from ({"CidrIpv4": one["CidrIp"]} for one in permission.get("IpRanges", ()))
    yield from ({"CidrIpv6": one["CidrIpv6"]} for one in permission.get("Ipv6Ranges", ()))
    yield from ({"PrefixListId": one["PrefixListId"]} for one in permission.get("PrefixListIds", ()))
    for one in permission.get("UserIdGroupPairs", ()):
        yield {"ReferencedGroupInfo": {"GroupId": one["GroupId"]}}


def _permission(rule: Item) -> Item:
    """Give a rule in the form of a permission."""
    item = {key: rule[key] for key in ("IpProtocol", "FromPort", "ToPort")}
    if "CidrIpv4" in rule:
        return {**item, "IpRanges": [{"CidrIp": rule["CidrIpv4"]}]}
    if "CidrIpv6" in rule:
        return {**item, "Ipv6Ranges": [{"CidrIpv6": rule["CidrIpv6"]}]}
    if "PrefixListId" in rule:
        return {**item, "PrefixListIds": [{"PrefixListId": rule["PrefixListId"]}]}
    return {**item, "UserIdGroupPairs": [{"GroupId": rule["ReferencedGroupInfo"]["GroupId"]}]}
