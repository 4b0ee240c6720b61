"""Who comes in by the identity centre."""

from __future__ import annotations

from collections.abc import Iterator

from range.verify.identity.answers import Said
from range.verify.identity.estate import Assignment


def assignments(said: Said) -> Iterator[Assignment]:
    """Give everybody who was assigned to an account of the exercise, as far as this account administers it."""
    for asked, item in said.of("sso-admin:ListAccountAssignments"):
        person = f"{str(item['PrincipalType']).lower()} {item['PrincipalId']}"
        yield Assignment(person, str(item.get("AccountId") or asked["AccountId"]), str(item["PermissionSetArn"]))
