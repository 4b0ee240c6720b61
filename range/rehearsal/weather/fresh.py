"""What is new isn't known everywhere at once: an id, a role, an instance profile.

Source: Amazon EC2 API Reference, "Eventual consistency"; IAM User Guide, "Changes that I make are not always immediately visible"
(read 2026-11-28); how long, from `range/facts/latencies.json`.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping

from range.rehearsal.messages import Answer
from range.rehearsal.refusals import Refusal
from range.rehearsal.weather.sight import Sight

_MISSING = {
    "i": "InvalidInstanceID.NotFound",
    "igw": "InvalidInternetGatewayID.NotFound",
    "rtb": "InvalidRouteTableID.NotFound",
    "sg": "InvalidGroup.NotFound",
    "subnet": "InvalidSubnetID.NotFound",
    "vpc": "InvalidVpcID.NotFound",
}
_ID = re.compile(rb"\b(i|igw|rtb|sg|subnet|vpc)-[0-9a-f]{17}\b")
_MAKES = re.compile(r"Create(Vpc|Subnet|InternetGateway|RouteTable|SecurityGroup)$|RunInstances$")
_ROLE = re.compile(r":role/(?:.*/)?([^/]+)$")

Params = Callable[[], Mapping[str, object]]


class Fresh:
    """What was made a moment ago, and when it will be known. Times are simulated seconds."""

    def __init__(self, lasts_s: Mapping[str, float]) -> None:
        """Begin with nothing new."""
        self._lasts_s = lasts_s
        self._known_at: dict[tuple[str, str], float] = {}
        self._guard = threading.Lock()

    def note(self, sight: Sight, params: Params, answer: Answer, now_s: float) -> None:
        """Note what a call has made."""
        made: list[tuple[str, str, str]] = []
        if sight.service == "ec2" and _MAKES.match(sight.operation):
            ids = {found[0].decode() for found in _ID.finditer(answer.body) if found[0] not in sight.request.body}
            made += [("id", sight.account, each) for each in ids]
        elif sight.name == "iam.CreateRole":
            made.append(("role", sight.account, str(params().get("RoleName"))))
        elif sight.name == "iam.AddRoleToInstanceProfile":
            made.append(("instance-profile", sight.account, str(params().get("InstanceProfileName"))))
        with self._guard:
            for kind, account, name in made:
                self._known_at[f"{kind} {account}", name] = now_s + self._lasts_s.get(kind, 0.0)

    def refusal(self, sight: Sight, params: Params, now_s: float) -> Refusal | None:
        """Refuse a call that names what isn't known yet; None for any other."""
        if sight.service == "ec2":
            return self._ec2(sight, params, now_s)
        if sight.name == "sts.AssumeRole":
            arn = str(params().get("RoleArn"))
            found = _ROLE.search(arn)
            if found and self._is_new("role", arn.split(":")[4], found[1], now_s):
                return Refusal(
                    "AccessDenied", f"User is not authorized to perform: sts:AssumeRole on resource: {arn}", status=403
                )
        if sight.name == "iam.AddRoleToInstanceProfile":
            name = str(params().get("RoleName"))
            if self._is_new("role", sight.account, name, now_s):
                return Refusal("NoSuchEntity", f"The role with name {name} cannot be found.", status=404)
        return None

    def _ec2(self, sight: Sight, params: Params, now_s: float) -> Refusal | None:
        for found in _ID.finditer(sight.request.body):
            if self._is_new("id", sight.account, found[0].decode(), now_s):
                code = _MISSING[found[1].decode()]
                return Refusal(code, f"The ID '{found[0].decode()}' does not exist", status=400)
        if sight.operation == "RunInstances":
            profile = params().get("IamInstanceProfile")
            named = profile if isinstance(profile, Mapping) else {}
            name = str(named.get("Name") or str(named.get("Arn", "")).rpartition("/")[2])
            if self._is_new("instance-profile", sight.account, name, now_s):
                return Refusal(
                    "InvalidParameterValue",
                    f"Value ({name}) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name",
                    status=400,
                )
        return None

    def _is_new(self, kind: str, account: str, name: str, now_s: float) -> bool:
        """Say whether something isn't known yet; what is known from now on is forgotten."""
        with self._guard:
            known_at = self._known_at.get((f"{kind} {account}", name))
            if known_at is not None and known_at <= now_s:
                del self._known_at[f"{kind} {account}", name]
            return known_at is not None and known_at > now_s
