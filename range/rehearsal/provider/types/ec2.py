"""What the EC2 API's resource types have in common: tags, ARNs, states."""

from __future__ import annotations

from range.rehearsal.provider.rows import ID, PUT, TAGS, Field, Mark, Tags, call, output


def tagged(kind: str) -> Tags:
    """Tags that go with the create call as TagSpecifications, and are changed by CreateTags and DeleteTags."""
    specifications = Mark(lambda work: [{"ResourceType": kind, "Tags": TAGS.make(work)}] if work.tags_all else None)
    return Tags(
        put=call("create_tags", Resources=[ID], Tags=PUT),
        drop=call("delete_tags", Resources=[ID], Tags=Mark(lambda work: [{"Key": key} for key in work.tags_to_drop])),
        create={"TagSpecifications": specifications},
    )


def arn(kind: str, owner: str = "account") -> Field:
    """The ARN, which EC2 rarely says itself."""
    return output("arn", made="arn:{partition}:ec2:{region}:{" + owner + "}:" + kind + "/{id}")
