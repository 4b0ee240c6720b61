"""The rows of a snapshot's calls name what AWS's own description of them has; what is left is doubted on purpose."""

from __future__ import annotations

from functools import cache
from typing import Any

import botocore.session
import pytest

from range.verify.calls import CALLS, FORMS, Call

DOUBTED = {
    "DescribeVpcs": {"BlockPublicAccessStates", "EncryptionControl"},
    "DescribeSubnets": {
        "BlockPublicAccessStates", "CustomerOwnedIpv4Pool", "EnableLniAtDeviceIndex", "OutpostArn", "Type",
    },
    "DescribeRouteTables": {"PropagatingVgws"},
    "DescribeNetworkInterfaces": {"AssociatedSubnets", "DenyAllIgwTraffic", "OutpostArn"},
    "DescribeNatGateways": {
        "AttachedAppliances", "AutoProvisionZones", "AutoScalingIps", "AvailabilityMode", "RouteTableId",
    },
    "DescribeVpcPeeringConnections": {"MultipathResilienceStatus"},
    "DescribeTransitGatewayAttachments": {"NatGatewaySupport"},
    "GetTransitGatewayRouteTablePropagations": {"TransitGatewayRouteTableAnnouncementId"},
    "SearchTransitGatewayRoutes": {"TransitGatewayRouteTableAnnouncementId"},
    "DescribeVpcEndpoints": {"Ipv4Prefixes", "Ipv6Prefixes", "ResourceConfigurationArn", "ServiceNetworkArn"},
    "DescribeAddresses": {"CarrierIp", "CustomerOwnedIp", "CustomerOwnedIpv4Pool"},
    "ListResolverEndpoints": {"Ipv6InternetAccessEnabled", "OutpostArn"},
    "ListResolverRules": {"DelegationRecord"},
    "ListFirewallRules": {
        "BlockOverrideDnsType", "BlockOverrideDomain", "BlockOverrideTtl", "ConfidenceThreshold", "DnsThreatProtection",
        "FirewallThreatProtectionId",
    },
}  # fmt: skip
"""Options that the model doesn't judge: where one is used, the answer is UNKNOWN."""
TYPES = {"list": list, "structure": dict, "boolean": bool, "integer": int, "long": int, "string": str}


@cache
def _service(name: str) -> Any:
    return botocore.session.get_session().get_service_model(name)


def _members(call: Call) -> dict[str, Any]:
    """Give the keys of an item, as AWS describes them."""
    listed = _service(call.service).operation_model(call.operation).output_shape.members[call.items]
    return dict(listed.member.members) if listed.member.type_name == "structure" else {}


@pytest.mark.parametrize("call", [call for call in CALLS if call.modelled], ids=lambda call: call.operation)
def test_every_key_of_an_item_is_read_harmless_or_doubted(call: Call) -> None:
    members = _members(call)
    known = call.reads | call.harmless

    assert set(members) - known == DOUBTED.get(call.operation, set())
    assert not members or known <= set(members)


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.operation)
def test_a_row_names_its_items_and_asks_for_pages_as_aws_does(call: Call) -> None:
    members, model = _members(call), _service(call.service).operation_model(call.operation)
    tokens = {key for key in model.input_shape.members if "oken" in key or "arker" in key}

    assert not members or call.name in members
    assert call.needs <= set(members)
    assert not tokens or call.token in tokens


def test_what_is_read_has_the_form_that_aws_gives_it() -> None:
    for call in CALLS:
        for key, shape in _members(call).items():
            if key in call.reads:
                forms = next((forms for keys, forms in FORMS.items() if key in keys), (str,))
                assert TYPES[shape.type_name] in forms, (call.operation, key)
