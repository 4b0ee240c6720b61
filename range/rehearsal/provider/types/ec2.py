"""What the EC2 API's resource types have in common: tags and ARNs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from range.rehearsal.provider.rows import ID, PUT, Field, Mark, Tags, call, output
from range.rehearsal.provider.shapes import Labels


@dataclass(frozen=True)
class TagList(Labels):
    """Tags that are no resource's own, such as a volume's: a map that AWS has as a list of pairs."""

    def sent(self, value: Any) -> Any:
        """Give pairs."""
        return [{"Key": name, "Value": text} for name, text in sorted(value.items())]

    def seen(self, value: Any) -> Any:
        """Read pairs."""
        return {item["Key"]: item["Value"] for item in value}


def tagged(kind: str, of: Mark = ID) -> Tags:
    """Tags that go with the create call as TagSpecifications, and are changed by CreateTags and DeleteTags."""
    specification = Mark(
        lambda work: [{"ResourceType": kind, "Tags": TagList().sent(work.tags_all)}] if work.tags_all else None
    )
    return Tags(
        put=call("create_tags", Resources=[of], Tags=PUT),
        drop=call("delete_tags", Resources=[of], Tags=Mark(lambda work: [{"Key": key} for key in work.tags_to_drop])),
        create={"TagSpecifications": specification},
    )


def arn(kind: str, owner: str = "account") -> Field:
    """The ARN, which EC2 rarely says itself."""
    return output("arn", made="arn:{partition}:ec2:{region}:{" + owner + "}:" + kind + "/{id}")
