"""Names: hosted zones, the records in them, and which networks see them."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from range.rehearsal.provider.rows import DROP, ID, PUT, Act, Row, Tags, call, fixed, local, mutable, output, the
from range.rehearsal.provider.shapes import CHOSEN, Block, Flag, Many, Part, Text, Whole
from range.rehearsal.provider.work import Work

_PATIENCE_S = 300.0
_NO_ZONE = ("NoSuchHostedZone",)
_ASSOCIATION_GONE = ("NoSuchHostedZone", "VPCAssociationNotFound", "VPCAssociationAuthorizationNotFound")


class DomainName(Text):
    """A domain name, with or without the dot at its end, in any case."""

    def seen(self, value: Any) -> Any:
        """Leave the dot out; Route 53 writes an asterisk in octal."""
        return str(value).removesuffix(".").replace("\\052", "*")

    def same(self, new: Any, old: Any) -> bool:
        """Compare without the dot and in lower case."""
        return str(new or "").removesuffix(".").lower() == str(old or "").removesuffix(".").lower()


def _synchronised(operation: str, **params: Any) -> Callable[[Work], Any]:
    """Make a change, and wait until every name server has it."""
    made = call(operation, **params)

    def act(work: Work) -> Any:
        answer = work.make(made)
        _spread(work, answer)
        return answer

    return act


def _spread(work: Work, answer: Any) -> None:
    change = (answer or {}).get("ChangeInfo")
    if change and change["Status"] != "INSYNC":
        work.until(
            lambda: work.ask("get_change", Id=change["Id"])["ChangeInfo"]["Status"] == "INSYNC", _PATIENCE_S, "Route 53"
        )


_NETWORKS = Many(Block((Part("vpcId", "VPCId", required=True), Part("vpcRegion", "VPCRegion", default=CHOSEN))))


def _network(work: Work, vpc: dict[str, Any]) -> dict[str, Any]:
    """Name a VPC as Route 53 does; without its Region, it is in the provider's."""
    return {"VPCId": vpc["vpcId"], "VPCRegion": vpc.get("vpcRegion") or work.caller.region}


def _make_zone(work: Work) -> Any:
    """Make a zone: a private one where the program names networks."""
    networks = [_network(work, vpc) for vpc in work.given("vpcs") or []]
    private = {"VPC": networks[0]} if networks else {}
    made = work.ask(
        "create_hosted_zone",
        Name=work.given("name"),
        CallerReference=f"{work.name}-{uuid.uuid4().hex}",
        HostedZoneConfig={"Comment": work.value("comment") or "", "PrivateZone": bool(networks)},
        **private,
    )
    _spread(work, made)
    work.id = _bare(made["HostedZone"]["Id"])
    for network in networks[1:]:
        _synchronised("associate_vpc_with_hosted_zone", HostedZoneId=ID, VPC=network)(work)
    return {"Id": work.id}


def _bare(path: str) -> str:
    return path.rpartition("/")[2]


def _zone(work: Work) -> Any:
    """Look at a zone, who sees it and who answers for it."""
    found = work.ask("get_hosted_zone", Id=work.id)
    return {
        **found["HostedZone"],
        "ZoneId": _bare(found["HostedZone"]["Id"]),
        "VPCs": found.get("VPCs", []),
        "NameServers": sorted(found.get("DelegationSet", {}).get("NameServers", [])),
    }


def _change_networks(work: Work) -> None:
    """Show the zone to the networks that are wanted, then hide it from the others: a private zone needs one."""
    shape = _NETWORKS
    new, old = work.value("vpcs") or [], work.old.get("vpcs") or []
    for vpc in shape.missing(new, old):
        _synchronised("associate_vpc_with_hosted_zone", HostedZoneId=ID, VPC=_network(work, vpc))(work)
    for vpc in shape.extra(new, old):
        _synchronised("disassociate_vpc_from_hosted_zone", HostedZoneId=ID, VPC=_network(work, vpc))(work)


def _empty_zone(work: Work) -> None:
    """Delete a zone's records, where the program said to; its own stay."""
    if not work.old.get("forceDestroy"):
        return
    for page in work.pages("list_resource_record_sets", HostedZoneId=work.id):
        changes = [
            {"Action": "DELETE", "ResourceRecordSet": record}
            for record in page["ResourceRecordSets"]
            if record["Type"] not in ("NS", "SOA") or not DomainName().same(record["Name"], work.old["name"])
        ]
        if changes:
            work.ask("change_resource_record_sets", HostedZoneId=work.id, ChangeBatch={"Changes": changes})


ZONE = Row(
    "aws:route53/zone:Zone",
    "Route 53 Hosted Zone",
    "route53",
    create=_make_zone,
    id="Id",
    read=_zone,
    also={"Tags": call("list_tags_for_resource", "ResourceTagSet.Tags", ResourceType="hostedzone", ResourceId=ID)},
    delete=(_empty_zone, _synchronised("delete_hosted_zone", Id=ID)),
    absent=_NO_ZONE,
    tags=Tags(
        put=call("change_tags_for_resource", ResourceType="hostedzone", ResourceId=ID, AddTags=PUT),
        drop=call("change_tags_for_resource", ResourceType="hostedzone", ResourceId=ID, RemoveTagKeys=DROP),
        create={},
    ),
    regional=False,
    fields=(
        fixed("name", "", DomainName(), auto=str),
        mutable(
            "comment",
            call("update_hosted_zone_comment", Id=ID, Comment=the("comment")),
            read="Config.Comment",
            fill="Managed by Pulumi",
        ),
        mutable("vpcs", _change_networks, "VPCs", _NETWORKS, default=[]),
        local("forceDestroy", Flag(), False),
        output("zoneId"),
        output("nameServers"),
        output("primaryNameServer", "NameServers[0]"),
        output("arn", made="arn:{partition}:route53:::hostedzone/{id}"),
    ),
)

_ALIAS = Many(
    Block(
        (
            Part("name", "DNSName", DomainName(), required=True),
            Part("zoneId", "HostedZoneId", required=True),
            Part("evaluateTargetHealth", shape=Flag(), required=True),
        )
    )
)


class Quoted(Many):
    """The values of a record; those of a TXT record may come without the quotes that Route 53 wants."""

    def same(self, new: Any, old: Any) -> bool:
        """Compare without the quotes, as a set."""
        return {str(item).strip('"') for item in new or []} == {str(item).strip('"') for item in old or []}


def _full_name(work: Work) -> str:
    """Give a record's name with its zone's."""
    name = str(work.value("name")).removesuffix(".").lower()
    zone = work.ask("get_hosted_zone", Id=work.value("zoneId"))["HostedZone"]["Name"].removesuffix(".")
    return name if name == zone or name.endswith(f".{zone}") else f"{name}.{zone}" if name else zone


def _change_record(action: str) -> Act:
    def act(work: Work) -> Any:
        verb = "UPSERT" if work.value("allowOverwrite") and action == "CREATE" else action
        batch = {"Changes": [{"Action": verb, "ResourceRecordSet": _record_set(work)}]}
        return _synchronised("change_resource_record_sets", HostedZoneId=work.value("zoneId"), ChangeBatch=batch)(work)

    return act


def _record_set(work: Work) -> dict[str, Any]:
    record: dict[str, Any] = {"Name": _full_name(work), "Type": work.value("type")}
    if work.value("aliases"):
        return {**record, "AliasTarget": _ALIAS.sent(work.value("aliases"))[0]}
    values = [
        f'"{item}"' if record["Type"] == "TXT" and not item.startswith('"') else item
        for item in work.value("records") or []
    ]
    return {**record, "TTL": work.sent("ttl"), "ResourceRecords": [{"Value": item} for item in values]}


def _record(work: Work) -> Any:
    """Find a record by its name and type."""
    name = _full_name(work)
    found = work.ask(
        "list_resource_record_sets",
        HostedZoneId=work.value("zoneId"),
        StartRecordName=name,
        StartRecordType=work.value("type"),
        MaxItems="1",
    )["ResourceRecordSets"]
    for record in found:
        if DomainName().same(DomainName().seen(record["Name"]), name) and record["Type"] == work.value("type"):
            alias = [record["AliasTarget"]] if "AliasTarget" in record else None
            return {**record, "ZoneId": work.value("zoneId"), "Aliases": alias, "Fqdn": name}
    return None


def _delete_record(work: Work) -> None:
    """Delete a record as it is now: Route 53 wants its exact values."""
    found = _record(work)
    if found is not None:
        record = {name: value for name, value in found.items() if name not in ("ZoneId", "Aliases", "Fqdn")}
        batch = {"Changes": [{"Action": "DELETE", "ResourceRecordSet": record}]}
        _synchronised("change_resource_record_sets", HostedZoneId=work.value("zoneId"), ChangeBatch=batch)(work)


_UPSERT = _change_record("UPSERT")


RECORD = Row(
    "aws:route53/record:Record",
    "Route 53 Record",
    "route53",
    create=_change_record("CREATE"),
    id="{zoneId}_{name}_{type}",
    imports="{zoneId}_{name}_{type}",
    read=_record,
    delete=(_delete_record,),
    absent=(*_NO_ZONE,),
    regional=False,
    fields=(
        fixed("zoneId", required=True),
        fixed("name", "", DomainName(), read=None, required=True),
        fixed("type", required=True),
        mutable("ttl", _UPSERT, "TTL", Whole(), default=None),
        mutable("records", _UPSERT, "", Quoted(), read="ResourceRecords[].Value", default=[]),
        mutable("aliases", _UPSERT, "", _ALIAS, default=[]),
        local("allowOverwrite", Flag(), False),
        output("fqdn"),
    ),
)


def _vpc(work: Work) -> dict[str, Any]:
    return {"VPCId": work.value("vpcId"), "VPCRegion": work.value("vpcRegion") or work.caller.region}


def _associate(operation: str) -> Act:
    def act(work: Work) -> Any:
        return _synchronised(operation, HostedZoneId=work.value("zoneId"), VPC=_vpc(work))(work)

    return act


def _sees(work: Work) -> Any:
    """Find the zone among those that a network sees."""
    vpc = _vpc(work)
    answer = work.ask("list_hosted_zones_by_vpc", **vpc)
    while True:
        for zone in answer["HostedZoneSummaries"]:
            if zone["HostedZoneId"] == work.value("zoneId"):
                owner = zone["Owner"].get("OwningAccount")
                return {
                    "HostedZoneId": zone["HostedZoneId"],
                    "VPCId": vpc["VPCId"],
                    "VPCRegion": vpc["VPCRegion"],
                    "Owner": owner,
                }
        if not answer.get("NextToken"):
            return None
        answer = work.ask("list_hosted_zones_by_vpc", **vpc, NextToken=answer["NextToken"])


ZONE_ASSOCIATION = Row(
    "aws:route53/zoneAssociation:ZoneAssociation",
    "Route 53 Hosted Zone Association",
    "route53",
    create=_associate("associate_vpc_with_hosted_zone"),
    id="{zoneId}:{vpcId}",
    imports="{zoneId}:{vpcId}",
    read=_sees,
    delete=(_associate("disassociate_vpc_from_hosted_zone"),),
    absent=_ASSOCIATION_GONE,
    regional=False,
    fields=(
        fixed("zoneId", "HostedZoneId", required=True),
        fixed("vpcId", "VPCId", required=True),
        fixed("vpcRegion", "VPCRegion"),
        output("owningAccount", "Owner"),
    ),
)


def _may_see(work: Work) -> Any:
    """Find the network among those that may be associated with the zone."""
    answer = work.ask("list_vpc_association_authorizations", HostedZoneId=work.value("zoneId"))
    while True:
        for vpc in answer["VPCs"]:
            if vpc["VPCId"] == work.value("vpcId"):
                return {**vpc, "HostedZoneId": work.value("zoneId")}
        if not answer.get("NextToken"):
            return None
        answer = work.ask(
            "list_vpc_association_authorizations", HostedZoneId=work.value("zoneId"), NextToken=answer["NextToken"]
        )


VPC_ASSOCIATION_AUTHORIZATION = Row(
    "aws:route53/vpcAssociationAuthorization:VpcAssociationAuthorization",
    "Route 53 VPC Association Authorization",
    "route53",
    create=_associate("create_vpc_association_authorization"),
    id="{zoneId}:{vpcId}",
    imports="{zoneId}:{vpcId}",
    read=_may_see,
    delete=(_associate("delete_vpc_association_authorization"),),
    absent=_ASSOCIATION_GONE,
    regional=False,
    fields=(
        fixed("zoneId", "HostedZoneId", required=True),
        fixed("vpcId", "VPCId", required=True),
        fixed("vpcRegion", "VPCRegion"),
    ),
)

ROWS = (ZONE, RECORD, ZONE_ASSOCIATION, VPC_ASSOCIATION_AUTHORIZATION)
