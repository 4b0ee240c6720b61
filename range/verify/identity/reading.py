"""An account's estate, read from what AWS said about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from range.policy.kinds import Kind
from range.verify.identity.answers import Said, text_of
from range.verify.identity.calls import Item
from range.verify.identity.centre import assignments
from range.verify.identity.estate import Documents, Estate, Identity, Thing
from range.verify.identity.handed import shares
from range.verify.identity.things import ROWS, endpoints, things_of


def estate_of(said: Said, region: str) -> Estate:
    """Read one account; what has another form than AWS gives it is a doubt."""
    estate = Estate(said.account)
    _read(said, "iam:GetAccountAuthorizationDetails", lambda: estate.identities.extend(_identities(said)))
    estate.things.extend(_trusts(estate))
    for call in ROWS:
        _read(said, call, partial(_extend, estate, said, region, call))
    _read(said, "ec2:DescribeVpcEndpoints", lambda: estate.endpoints.extend(endpoints(said)))
    _read(said, "shares", lambda: estate.shares.extend(shares(said)))
    _read(said, "sso-admin:ListAccountAssignments", lambda: estate.assignments.extend(assignments(said)))
    _read(said, "organizations:ListPoliciesForTarget", lambda: estate.control.update(_control(said)))
    _read(said, "organizations:ListParents", lambda: estate.places.update(_places(said)))
    estate.administers_centre = any(True for _ in said.of("sso-admin:ListPermissionSets"))
    estate.buckets = {str(item.get("Name")) for item in said.others("s3:ListBuckets")}
    estate.doubts = said.doubts
    return estate


def _extend(estate: Estate, said: Said, region: str, call: str) -> None:
    estate.things.extend(things_of(said, region, call))


def _read(said: Said, call: str, reader: Callable[[], None]) -> None:
    """Read a part; one that has another form is doubted as a whole."""
    try:
        reader()
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        said.doubt(call, f"it says it in a form that the model can't read: {error!r}")


def _identities(said: Said) -> Iterator[Identity]:
    """Give every role and user, with the policies of its groups and the documents of managed ones."""
    pages = [page for _, page in said.of("iam:GetAccountAuthorizationDetails")]
    managed = {
        str(policy["Arn"]): text_of(_standing(policy)) for page in pages for policy in page.get("Policies") or ()
    }
    groups = {str(group["GroupName"]): group for page in pages for group in page.get("GroupDetailList") or ()}
    for page in pages:
        for role in page.get("RoleDetailList") or ():
            yield Identity(
                said.account,
                str(role["Arn"]),
                tuple(_policies(said, role, "RolePolicyList", managed)),
                _boundary(said, role, managed),
                text_of(role["AssumeRolePolicyDocument"]),
                tuple(str(each["InstanceProfileName"]) for each in role.get("InstanceProfileList") or ()),
            )
        for user in page.get("UserDetailList") or ():
            own = list(_policies(said, user, "UserPolicyList", managed))
            for name in user.get("GroupList") or ():
                own += _policies(said, groups[name], "GroupPolicyList", managed)
            yield Identity(said.account, str(user["Arn"]), tuple(own), _boundary(said, user, managed))


def _standing(policy: Item) -> Any:
    """Give the version of a managed policy that is in force."""
    versions = policy["PolicyVersionList"]
    return next(version for version in versions if version.get("IsDefaultVersion"))["Document"]


def _policies(said: Said, holder: Item, inline: str, managed: dict[str, str]) -> Iterator[tuple[str, str]]:
    for policy in holder.get(inline) or ():
        yield f"{policy['PolicyName']} of {holder['Arn']}", text_of(policy["PolicyDocument"])
    for attached in holder.get("AttachedManagedPolicies") or ():
        arn = str(attached["PolicyArn"])
        if arn not in managed:
            said.doubt(arn, f"the snapshot doesn't say what this policy of {holder['Arn']} allows")
        yield arn, managed.get(arn, "")


def _boundary(said: Said, holder: Item, managed: dict[str, str]) -> tuple[str, str] | None:
    arn = (holder.get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn")
    if not arn:
        return None
    if arn not in managed:
        said.doubt(str(arn), f"the snapshot doesn't say where this boundary of {holder['Arn']} ends")
    return str(arn), managed.get(str(arn), "")


def _trusts(estate: Estate) -> Iterator[Thing]:
    for role in estate.identities:
        if role.trust and not role.is_of_aws:
            yield Thing(role.account, "role", role.arn, role.trust, Kind.TRUST, ("sts:AssumeRole*", "sts:TagSession"))


def _path(account: str, above: dict[str, str]) -> list[str]:
    """Give an account and everything that it stands under, from below."""
    path = [account]
    while path[-1] in above and above[path[-1]] not in path:
        path.append(above[path[-1]])
    return path


def _places(said: Said) -> dict[str, tuple[str, ...]]:
    """Give where every account stands: the organisation's id, the root's, the units' from above."""
    above = {str(asked["ChildId"]): str(item["Id"]) for asked, item in said.of("organizations:ListParents")}
    arns = [str(root["Arn"]) for _, root in said.of("organizations:ListRoots")]
    organisation = arns[0].split("/")[1] if arns else ""
    if not organisation:
        return {}
    return {child: (organisation, *reversed(_path(child, above)[1:])) for child in above if child.isdigit()}


def _control(said: Said) -> dict[str, dict[str, tuple[Documents, ...]]]:
    """Give the organisation's policies of both kinds that are in force on every account, level by level."""
    contents = {str(item["PolicySummary"]["Id"]): item for _, item in said.of("organizations:DescribePolicy")}
    above = {str(asked["ChildId"]): str(item["Id"]) for asked, item in said.of("organizations:ListParents")}
    switched = {
        each["Type"]
        for _, root in said.of("organizations:ListRoots")
        for each in root.get("PolicyTypes") or ()
        if each.get("Status") == "ENABLED"
    }
    attached: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for asked, item in said.of("organizations:ListPoliciesForTarget"):
        document = contents[str(item["Id"])]
        attached.setdefault((asked["Filter"], asked["TargetId"]), []).append(
            (str(item["Name"]), str(document["Content"]))
        )
    found: dict[str, dict[str, tuple[Documents, ...]]] = {}
    for kind in sorted(switched):
        for account in (child for child in above if child.isdigit()):
            path = reversed(_path(account, above))
            levels = (tuple(sorted(attached.get((kind, place), ()))) for place in path)
            found.setdefault(kind, {})[account] = tuple(levels)
    return found
