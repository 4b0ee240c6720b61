"""Ways between enclaves that no packet filter sees: names, copies, logs and private links.

The VPC resolver, traffic mirroring, flow logs and endpoint services move what an enclave knows without asking a
security group or an ACL. Each is compared with what the plan makes: the hub's names, mirrors to the enclave's own
sensor, logs in the enclave's or the hub's account, and no private link at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from range.records.plan import INTERNET, Plan
from range.verify.addresses import point
from range.verify.model import Interface
from range.verify.network import Network, Part
from range.verify.resolver import leaks
from range.verify.zones import Zones


@dataclass(frozen=True, slots=True)
class Channel:
    """A way from one enclave to another, or to the world, that nobody declared."""

    source: str
    target: str
    means: str
    """`dns`, `mirroring`, `flow logs`, `query logs`, `private link` or `tunnel`."""
    resource: str
    why: str
    resources: tuple[str, ...] = ()


def channels(plan: Plan, network: Network, zones: Zones) -> list[Channel]:
    """Give every channel between enclaves that the plan doesn't make."""
    view = _View(plan, network, zones)
    found: list[Channel] = []
    for part in network.parts:
        for look in (
            view.names,
            view.questions,
            view.forwarded,
            view.mirrors,
            view.logs,
            view.asked,
            view.offers,
            view.links,
            view.tunnels,
        ):
            found += look(part)
    return found


@dataclass(frozen=True)
class _View:
    """What the channels are judged by."""

    plan: Plan
    network: Network
    zones: Zones

    @cached_property
    def let_out(self) -> set[str]:
        """Give the enclaves of which some zone may reach the internet."""
        return {flow.source.enclave for flow in self.plan.flows if flow.target.enclave == INTERNET}

    @cached_property
    def mirror_targets(self) -> dict[str, dict[str, Any]]:
        """Give every account's mirror targets by id."""
        return {
            target["TrafficMirrorTargetId"]: target
            for part in self.network.parts
            for target in part.items.of("DescribeTrafficMirrorTargets")
        }

    @cached_property
    def services(self) -> dict[str, str]:
        """Give the account that offers each endpoint service."""
        return {
            service["ServiceName"]: part.account
            for part in self.network.parts
            for service in part.items.of("DescribeVpcEndpointServiceConfigurations")
        }

    @cached_property
    def buckets(self) -> dict[str, str]:
        """Give the account that each bucket is in."""
        return {str(one["Name"]): part.account for part in self.network.parts for one in part.items.of("ListBuckets")}

    def _enclave(self, account: str) -> str:
        """Name the enclave of an account; an account of nobody in the exercise is the world."""
        enclave = self.zones.enclave_of(account)
        return enclave.name if enclave is not None else INTERNET

    def _of_vpc(self, vpc: str) -> str:
        """Name the enclave of a VPC."""
        found = self.network.vpcs.get(vpc)
        return self._enclave(found.owner) if found is not None else INTERNET

    def names(self, part: Part) -> Iterator[Channel]:
        """A private zone of one account answers in another's VPC; the hub's may."""
        owner = self._enclave(part.account)
        titles = {zone["Id"]: zone["Name"] for zone in part.items.of("ListHostedZones")}
        for asked, vpcs in part.items.with_parameters("GetHostedZone"):
            for vpc in vpcs:
                reader = self._of_vpc(vpc["VPCId"])
                declared = owner == self.plan.hub.name and reader != INTERNET
                if owner != reader and not declared:
                    zone = asked["Id"]
                    why = f"the private zone {titles.get(asked['Id'], '')} of {owner} answers in {vpc['VPCId']} of {reader}"
                    yield Channel(owner, reader, "dns", zone, why, (vpc["VPCId"],))

    def questions(self, part: Part) -> Iterator[Channel]:
        """An enclave that may not reach the internet may ask it for names."""
        owner = self._enclave(part.account)
        for leak in leaks(self.plan, part.items) if owner not in self.let_out else ():
            yield Channel(owner, INTERNET, "dns", leak.resource, leak.why, leak.resources)

    def forwarded(self, part: Part) -> Iterator[Channel]:
        """A resolver rule sends one enclave's questions through another's endpoint, or to another's addresses."""
        rules = {rule["Id"]: (p, rule) for p in self.network.parts for rule in p.items.of("ListResolverRules")}
        ends = {end["Id"]: end for p in self.network.parts for end in p.items.of("ListResolverEndpoints")}
        for association in part.items.of("ListResolverRuleAssociations"):
            asking = self._of_vpc(association["VPCId"])
            if association["ResolverRuleId"] not in rules or asking == INTERNET:
                continue
            _, rule = rules[association["ResolverRuleId"]]
            if rule.get("RuleType") not in {"FORWARD", "DELEGATE"}:
                continue
            via = ends.get(rule.get("ResolverEndpointId") or "", {}).get("HostVPCId", "")
            reached = {self._of_vpc(via)} if via else {INTERNET}
            reached |= {self._of_address(end.get("Ip") or end["Ipv6"]) for end in rule.get("TargetIps") or ()}
            for target in sorted(reached - {asking}):
                why = f"questions of {association['VPCId']} about {rule.get('DomainName')} are forwarded to {target}"
                yield Channel(asking, target, "dns", rule["Id"], why, (association["Id"], association["VPCId"]))

    def _of_address(self, address: str) -> str:
        """Name the enclave that has an address."""
        place = point(address)
        for vpc, own in self.network.at:
            if own == place:
                return self._of_vpc(vpc)
        return INTERNET

    def mirrors(self, part: Part) -> Iterator[Channel]:
        """A copy of everything that an interface sees goes to another enclave."""
        targets = self.mirror_targets
        for session in part.items.of("DescribeTrafficMirrorSessions"):
            source = self.network.interfaces.get(session["NetworkInterfaceId"])
            seen = self._enclave(source.owner if source is not None else part.account)
            target = targets.get(session["TrafficMirrorTargetId"], {})
            sensor = self.network.interfaces.get(target.get("NetworkInterfaceId") or "")
            if source is not None and sensor is not None and _one_holder(source, sensor):
                continue
            holder = sensor.machine_owner or sensor.owner if sensor is not None else target.get("OwnerId", "")
            watching = self._enclave(holder)
            if watching != seen:
                name = session["TrafficMirrorSessionId"]
                why = f"it copies all that {session['NetworkInterfaceId']} of {seen} sees to {watching}"
                others = (session["TrafficMirrorTargetId"], session["NetworkInterfaceId"])
                yield Channel(seen, watching, "mirroring", name, why, others)

    def logs(self, part: Part) -> Iterator[Channel]:
        """Flow logs are delivered to neither the enclave's own account nor the hub's."""
        seen = self._enclave(part.account)
        for log in part.items.of("DescribeFlowLogs"):
            role = (log.get("DeliverCrossAccountRole") or "").split(":")
            keeper = self._keeper(part, log.get("LogDestination") or "", role[4] if len(role) > 4 else "")
            if keeper not in {seen, self.plan.hub.name}:
                where = log.get("LogDestination") or log.get("LogGroupName")
                why = f"what flows in {log.get('ResourceId')} of {seen} is written to {where}"
                yield Channel(
                    seen, keeper, "flow logs", log["FlowLogId"], why, (str(log.get("ResourceId")), str(where))
                )

    def _keeper(self, part: Part, destination: str, named: str = "") -> str:
        """Name the enclave of a log's destination; a bucket's name says nothing of its owner, others' does."""
        fields = destination.split(":")
        if destination.startswith("arn:aws:s3:"):
            return self._enclave(self.buckets.get(fields[-1].split("/")[0], ""))
        return self._enclave(named or (fields[4] if len(fields) > 4 else part.account))

    @cached_property
    def query_logs(self) -> dict[str, tuple[Part, str]]:
        """Give where every configuration of query logs writes to, by id."""
        return {
            log["Id"]: (part, log["DestinationArn"])
            for part in self.network.parts
            for log in part.items.of("ListResolverQueryLogConfigs")
        }

    def asked(self, part: Part) -> Iterator[Channel]:
        """Which names an enclave asks for is written down in neither its own account nor the hub's."""
        for association in part.items.of("ListResolverQueryLogConfigAssociations"):
            seen = self._of_vpc(association["ResourceId"])
            name = association["ResolverQueryLogConfigId"]
            owner, where = self.query_logs.get(name, (part, ""))
            keeper = self._keeper(owner, where) if where else INTERNET
            if keeper not in {seen, self.plan.hub.name}:
                why = f"what {association['ResourceId']} of {seen} asks for is written to {where or 'another account'}"
                yield Channel(seen, keeper, "query logs", name, why, (association["ResourceId"], association["Id"]))

    def tunnels(self, part: Part) -> Iterator[Channel]:
        """An endpoint of EC2 Instance Connect lets whoever has the rights in from anywhere; the hub's is the plan's."""
        for endpoint in part.items.of("DescribeInstanceConnectEndpoints"):
            reached = self._of_vpc(endpoint["VpcId"])
            if str(endpoint.get("State")).startswith("delete-complete") or reached == self.plan.hub.name:
                continue
            name, why = endpoint["InstanceConnectEndpointId"], f"it leads from anywhere into {endpoint['VpcId']}"
            yield Channel(INTERNET, reached, "tunnel", name, why, (endpoint["VpcId"],))

    def offers(self, part: Part) -> Iterator[Channel]:
        """A load balancer is offered to whoever is let in, seen or unseen by this snapshot."""
        for service in part.items.of("DescribeVpcEndpointServiceConfigurations"):
            owner, name = self._enclave(part.account), service["ServiceName"]
            why = f"{owner} offers {name} to accounts of its own choice"
            yield Channel(INTERNET, owner, "private link", service["ServiceId"], why, (name,))

    def links(self, part: Part) -> Iterator[Channel]:
        """An endpoint leads to a service that isn't AWS's own."""
        for endpoint in part.items.of("DescribeVpcEndpoints"):
            name, service = endpoint["VpcEndpointId"], endpoint.get("ServiceName") or ""
            asking = self._of_vpc(endpoint["VpcId"])
            state = str(endpoint.get("State", "available")).lower()
            if ".vpce." not in service or state in {"deleted", "rejected", "failed", "expired", "pendingacceptance"}:
                continue
            serving = self._enclave(self.services.get(service, ""))
            if serving != asking:
                why = f"it is a private link from {endpoint['VpcId']} of {asking} to {service} of {serving}"
                yield Channel(asking, serving, "private link", name, why, (service, endpoint["VpcId"]))


def _one_holder(one: Interface, other: Interface) -> bool:
    """Say whether two interfaces are an account's own, and on its own machines."""
    return (
        {one.owner, one.machine_owner or one.owner} == {other.owner, other.machine_owner or other.owner} == {one.owner}
    )
