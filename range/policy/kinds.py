"""The kinds of policy documents: what each must hold, how long it may be, and how AWS refuses one.

Source: IAM User Guide, "IAM and AWS STS quotas", "Grammar of the IAM JSON policy language"; AWS Organizations User
Guide, "Quotas and service limits", "RCP syntax"; Amazon S3 User Guide, "Policies and permissions in Amazon S3"; the
services' API references, errors of the calls that take a policy (read 2026-11-22). The sentences are those that users
quote in their questions; AWS documents few of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

Presence = Literal["required", "optional", "forbidden"]


class Fault(StrEnum):
    """What can be wrong with a document, in the words of IAM; `{value}` is what was found."""

    SYNTAX = "Syntax errors in policy."
    VERSION = "Policy document must be version 2012-10-17 or greater."
    SIDS_ALIKE = "Statement IDs (SID) in a single policy must be unique."
    SID = (
        "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*"
    )
    NO_ACTION = "Policy statement must contain actions."
    NO_VENDOR = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
    COLONS = "Actions/Condition can contain only one colon."
    VENDOR = "Vendor {value} is not valid"
    NOT_STS = "AssumeRole policy may only specify STS AssumeRole actions."
    NO_RESOURCE = "Policy statement must contain resources."
    RESOURCE = 'Resource {value} must be in ARN format or "*".'
    PARTITION = 'Partition "{value}" is not valid for resource.'
    HAS_RESOURCE = "Has prohibited field Resource."
    HAS_PRINCIPAL = "Policy document should not specify a principal."
    NO_PRINCIPAL = "Missing required field Principal"
    PRINCIPAL = "Invalid principal in policy: {value}"
    OPERATOR = "Invalid Condition type : {value}."


@dataclass(frozen=True)
class Limit:
    """How long a document may be, and what refuses a longer one."""

    characters: int
    code: str
    message: str
    """`{limit}` and `{name}` stand for the number and for whose policy it is."""
    counts_blanks: bool = True


@dataclass(frozen=True)
class Form:
    """What a kind of document looks like."""

    principal: Presence
    resource: Presence
    limit: Limit
    code: str = "MalformedPolicyDocument"
    words: Mapping[Fault, str] = field(default_factory=dict)
    """What a service says in other words than IAM."""
    needs_version: bool = False
    printable_only: bool = False
    """Whether characters beyond Latin-1 are refused at the door: look-alikes among them."""
    only_everyone: bool = False
    """Whether the principal is always `*`, and NotAction and NotPrincipal are unknown."""

    def said(self, fault: Fault, value: str = "") -> str:
        """Say what is wrong in the service's own words."""
        return self.words.get(fault, fault.value).format(value=value)


class Kind(StrEnum):
    """Where a document belongs."""

    MANAGED = "managed policy"
    USER = "user policy"
    GROUP = "group policy"
    ROLE = "role policy"
    SESSION = "session policy"
    TRUST = "role trust policy"
    SERVICE_CONTROL = "service control policy"
    RESOURCE_CONTROL = "resource control policy"
    ENDPOINT = "VPC endpoint policy"
    BUCKET = "bucket policy"
    KEY = "key policy"
    SECRET = "secret's policy"
    RESOURCE = "resource-based policy"
    """Of any other service."""

    @property
    def form(self) -> Form:
        """What it looks like."""
        return _FORMS[self]


def _inline(characters: int) -> Limit:
    message = "Maximum policy size of {limit} bytes exceeded for {name}"
    return Limit(characters, "LimitExceeded", message, counts_blanks=False)


def _of_identity(limit: Limit) -> Form:
    return Form("forbidden", "required", limit, needs_version=True, printable_only=True)


def _of_organisation(characters: int, principal: Presence, *, only_everyone: bool = False) -> Form:
    sentence = "The provided policy document does not meet the requirements of the specified policy type."
    return Form(
        principal,
        "required",
        Limit(characters, "ConstraintViolationException", "POLICY_CONTENT_LIMIT_EXCEEDED: " + _TOO_LARGE),
        code="MalformedPolicyDocumentException",
        words=dict.fromkeys(Fault, sentence),
        only_everyone=only_everyone,
    )


_TOO_LARGE = "the policy is longer than {limit} characters"
_BY_S3 = {
    Fault.SYNTAX: "Policies must be valid JSON and the first byte must be '{{'",
    Fault.NO_ACTION: "Missing required field Action",
    Fault.NO_VENDOR: "Policy has invalid action",
    Fault.COLONS: "Policy has invalid action",
    Fault.VENDOR: "Policy has invalid action",
    Fault.NO_RESOURCE: "Missing required field Resource",
    Fault.RESOURCE: "Policy has invalid resource",
    Fault.PARTITION: "Policy has invalid resource",
    Fault.PRINCIPAL: "Invalid principal in policy",
    Fault.OPERATOR: "Invalid Condition type : {value}",
}

_FORMS: dict[Kind, Form] = {
    Kind.MANAGED: _of_identity(
        Limit(6_144, "LimitExceeded", "Cannot exceed quota for PolicySize: {limit}", counts_blanks=False)
    ),
    Kind.USER: _of_identity(_inline(2_048)),
    Kind.GROUP: _of_identity(_inline(5_120)),
    Kind.ROLE: _of_identity(_inline(10_240)),
    Kind.SESSION: Form(
        "forbidden",
        "required",
        Limit(2_048, "ValidationError", "Member must have length less than or equal to {limit}"),
        printable_only=True,
    ),
    Kind.TRUST: Form(
        "required",
        "forbidden",
        Limit(2_048, "LimitExceeded", "Cannot exceed quota for ACLSizePerRole: {limit}", counts_blanks=False),
        printable_only=True,
    ),
    Kind.SERVICE_CONTROL: _of_organisation(10_240, "forbidden"),
    Kind.RESOURCE_CONTROL: _of_organisation(5_120, "required", only_everyone=True),
    Kind.ENDPOINT: Form(
        "required",
        "required",
        Limit(20_480, "InvalidPolicyDocument", _TOO_LARGE),
        code="InvalidPolicyDocument",
        words=dict.fromkeys(Fault, "Policy document is not valid"),
    ),
    Kind.BUCKET: Form(
        "required", "required", Limit(20_480, "MalformedPolicy", _TOO_LARGE), code="MalformedPolicy", words=_BY_S3
    ),
    Kind.KEY: Form(
        "required",
        "optional",
        Limit(32_768, "LimitExceededException", _TOO_LARGE),
        code="MalformedPolicyDocumentException",
    ),
    Kind.SECRET: Form(
        "required",
        "required",
        Limit(20_480, "MalformedPolicyDocumentException", _TOO_LARGE),
        code="MalformedPolicyDocumentException",
        words=dict.fromkeys(Fault, "This resource policy contains a syntax error."),
    ),
    Kind.RESOURCE: Form("required", "optional", Limit(30_720, "InvalidParameter", _TOO_LARGE), code="InvalidParameter"),
}
