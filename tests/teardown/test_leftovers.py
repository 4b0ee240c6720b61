"""What counts as left, as residue, and as not known."""

from __future__ import annotations

from datetime import UTC, datetime

from range.records.inventory import Inventory, Resource, Unlisted
from range.teardown.leftovers import leftovers

ACCOUNT, REGION, STACK = "200000000002", "eu-west-2", "steadfast.est"
TAGS = {"range:stack": STACK}


def thing(id: str, type: str = "ec2:vpc", residue: str = "", tags: dict[str, str] | None = None) -> Resource:
    """One thing in the account."""
    return Resource(account=ACCOUNT, region=REGION, type=type, id=id, residue=residue, tags=tags or {})


def unlisted(type: str) -> Unlisted:
    """One type that could not be listed."""
    return Unlisted(account=ACCOUNT, region=REGION, type=type, code="UnauthorizedOperation", why="not yours to see")


def inventory(*things: Resource, unlisted: tuple[Unlisted, ...] = ()) -> Inventory:
    """An account with these things."""
    now = datetime.now(UTC)
    return Inventory(account=ACCOUNT, regions=(REGION,), taken_at=now, resources=things, unlisted=unlisted)


def test_an_account_as_it_was_has_nothing_left() -> None:
    theirs = inventory(thing("vpc-theirs"))

    assert leftovers(theirs, theirs, STACK).proven


def test_whatever_is_new_is_left_whoever_made_it() -> None:
    found = leftovers(inventory(thing("vpc-theirs")), inventory(thing("vpc-theirs"), thing("vpc-new")), STACK)

    assert [each.id for each in found.left] == ["vpc-new"]
    assert not found.proven


def test_residue_is_named_with_its_reason_and_is_nothing_left() -> None:
    found = leftovers(inventory(), inventory(thing("key", "kms:key", residue="AWS deletes it on 2026-11-29")), STACK)

    assert [each.residue for each in found.residue] == ["AWS deletes it on 2026-11-29"]
    assert found.proven


def test_residue_that_was_there_before_is_nobody_s_news() -> None:
    waiting = inventory(thing("key", "kms:key", residue="AWS deletes it on 2026-11-29"))

    assert leftovers(waiting, waiting, STACK).residue == ()


def test_what_cannot_be_listed_now_is_not_proven_gone() -> None:
    found = leftovers(inventory(), inventory(unlisted=(unlisted("ec2:volume"),)), STACK)

    assert found.left == ()
    assert not found.proven


def test_what_could_not_be_listed_before_cannot_be_told_from_what_is_new() -> None:
    before = inventory(unlisted=(unlisted("ec2:volume"),))

    found = leftovers(before, inventory(thing("vol-1", "ec2:volume")), STACK)

    assert found.left == ()
    assert [each.type for each in found.unsure] == ["ec2:volume"]


def test_our_own_tags_tell_even_where_the_record_cannot() -> None:
    before = inventory(unlisted=(unlisted("ec2:volume"),))

    found = leftovers(before, inventory(thing("vol-1", "ec2:volume", tags=TAGS)), STACK)

    assert [each.id for each in found.left] == ["vol-1"]


def test_without_a_record_only_our_tags_tell_and_nothing_is_proven() -> None:
    found = leftovers(None, inventory(thing("vpc-theirs"), thing("vpc-ours", tags=TAGS)), STACK)

    assert [each.id for each in found.left] == ["vpc-ours"]
    assert not found.proven
    assert "no record" in found.unsure[0].why
