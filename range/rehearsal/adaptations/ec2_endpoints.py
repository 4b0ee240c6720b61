"""EC2's VPC endpoints: what moto takes and forgets, and what it breaks over; and two answers of its neighbours."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from moto.core.types import Base64EncodedString
from moto.ec2.models.network_acls import NetworkAclBackend
from moto.ec2.models.vpcs import VPCBackend, VPCEndPoint
from moto.ec2.responses import instances
from moto.ec2.responses.vpcs import VPCs

from range.rehearsal.refusals import Refusal


def adapt() -> None:
    """Change moto's endpoints, and what an unknown ACL and new user data are answered with."""
    VPCBackend.create_vpc_endpoint = _with_a_type(VPCBackend.create_vpc_endpoint)
    VPCBackend.delete_vpc_endpoints = _only_once(VPCBackend.delete_vpc_endpoints)
    VPCs.modify_vpc_endpoint = _with_names_and_policy(VPCs.modify_vpc_endpoint)
    NetworkAclBackend.describe_network_acls = _by_known_ids(NetworkAclBackend.describe_network_acls)
    instances.parse_user_data = _user_data


def _with_a_type(create: Callable[..., Any]) -> Callable[..., Any]:
    """Make a gateway endpoint where no type is named; moto leaves it without one, and fails to delete it."""

    def create_vpc_endpoint(
        self: Any, vpc_id: str, service_name: str, endpoint_type: str | None, *args: Any, **kwargs: Any
    ) -> Any:
        return create(self, vpc_id, service_name, endpoint_type or "Gateway", *args, **kwargs)

    return create_vpc_endpoint


def _only_once(delete: Callable[..., Any]) -> Callable[..., Any]:
    """Delete what isn't deleted yet; moto keeps what is, and fails over its routes the second time."""

    def delete_vpc_endpoints(self: Any, vpce_ids: list[str] | None = None) -> Any:
        known = (self.vpc_end_points.get(vpce_id) for vpce_id in vpce_ids or [])
        return delete(self, [endpoint.id for endpoint in known if endpoint is not None and endpoint.state != "deleted"])

    return delete_vpc_endpoints


def _with_names_and_policy(modify: Callable[..., Any]) -> Callable[..., Any]:
    """Let an endpoint's routes follow its tables, its private names be switched, its policy go back to AWS's own."""

    def modify_vpc_endpoint(self: Any) -> Any:
        endpoint = self.ec2_backend.vpc_end_points[self._get_param("VpcEndpointId")]
        before = set(endpoint.route_table_ids)
        answer = modify(self)
        _reroute(self.ec2_backend, endpoint, before)
        private = self._get_bool_param("PrivateDnsEnabled")
        if private is not None:
            endpoint.private_dns_enabled = private
        if self._get_bool_param("ResetPolicy"):
            endpoint.policy_document = json.dumps(VPCEndPoint.DEFAULT_POLICY)
        return answer

    return modify_vpc_endpoint


def _reroute(ec2: Any, endpoint: Any, before: set[str]) -> None:
    """Route to a gateway endpoint's service from the tables that it has now, and from no other."""
    now, prefixes = set(endpoint.route_table_ids), endpoint.destination_prefix_list_id
    if prefixes is None:
        return
    for table in sorted(before - now):
        ec2.delete_route(table, None, destination_prefix_list_id=prefixes)
    for table in sorted(now - before):
        ec2.create_route(table, None, gateway_id=endpoint.id, destination_prefix_list_id=prefixes)


def _by_known_ids(describe: Callable[..., Any]) -> Callable[..., Any]:
    """Call an unknown ACL what it is; moto calls it a route table."""

    def describe_network_acls(self: Any, network_acl_ids: list[str] | None = None, filters: Any = None) -> Any:
        for acl in network_acl_ids or []:
            if acl not in self.network_acls:
                raise Refusal("InvalidNetworkAclID.NotFound", f"The networkAcl ID '{acl}' does not exist")
        return describe(self, network_acl_ids, filters)

    return describe_network_acls


def _user_data(value: str | bytes | None) -> Base64EncodedString | None:
    """Keep user data encoded: RunInstances gives it so, ModifyInstanceAttribute's is decoded on the way in."""
    if value is None:
        return None
    return Base64EncodedString.from_raw_bytes(value) if isinstance(value, bytes) else Base64EncodedString(value)
