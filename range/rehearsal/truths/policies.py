"""Policy documents, wherever they are handed in: read as AWS reads them, by the same code that judges by them."""

from __future__ import annotations

from range.policy.kinds import Kind
from range.policy.reading import MalformedPolicy, read
from range.rehearsal.call import Call
from range.rehearsal.truths.rows import Check, Truth

_MODEL = "botocore 1.44.5, {} (read 2026-11-22)"
_ORGANISATION = {"SERVICE_CONTROL_POLICY": Kind.SERVICE_CONTROL, "RESOURCE_CONTROL_POLICY": Kind.RESOURCE_CONTROL}


def _malformed(parameter: str, kind: Kind) -> Check:
    """Make the check that reads a document; its length is other truths' to look at."""

    def check(call: Call) -> str | None:
        text = call.params.get(parameter)
        return None if text is None else _refused(str(text), kind)

    return check


def _refused(text: str, kind: Kind) -> str | None:
    """Say what AWS says of a document that it doesn't take."""
    try:
        read(text, kind)
    except MalformedPolicy as malformed:
        return malformed.message if malformed.code == kind.form.code else None
    return None


def _guardrail(call: Call) -> str | None:
    """Read a policy of the organisation; those of other types, for tags and backups, have languages of their own."""
    kind = _ORGANISATION.get(call.params["Type"])
    text = call.params.get("Content")
    return None if kind is None or text is None else _refused(str(text), kind)


TRUTHS = (
    Truth(
        name="inline-policy-malformed",
        calls=("iam.PutRolePolicy", "iam.PutUserPolicy", "iam.PutGroupPolicy"),
        when="the document isn't one of the policy language",
        code="MalformedPolicyDocument",
        source=_MODEL.format("IAM 2010-05-08, PutRolePolicy"),
        confidence="documented",
        check=_malformed("PolicyDocument", Kind.ROLE),
    ),
    Truth(
        name="trust-policy-of-no-trust",
        calls=("iam.CreateRole", "iam.UpdateAssumeRolePolicy"),
        when="the trust policy isn't one of the policy language, or names actions of others than STS",
        code="MalformedPolicyDocument",
        source=_MODEL.format("IAM 2010-05-08, CreateRole"),
        confidence="documented",
        check=lambda call: (
            _malformed("AssumeRolePolicyDocument", Kind.TRUST)(call) or _malformed("PolicyDocument", Kind.TRUST)(call)
        ),
    ),
    Truth(
        name="guardrail-malformed",
        calls=("organizations.CreatePolicy",),
        when="the content isn't a document of the policy language",
        code="MalformedPolicyDocumentException",
        source=_MODEL.format("Organizations 2016-11-28, CreatePolicy"),
        confidence="documented",
        check=_guardrail,
    ),
    Truth(
        name="key-policy-malformed",
        calls=("kms.CreateKey", "kms.PutKeyPolicy"),
        when="the document isn't one of the policy language",
        code="MalformedPolicyDocumentException",
        source=_MODEL.format("KMS 2014-11-01, PutKeyPolicy"),
        confidence="documented",
        check=_malformed("Policy", Kind.KEY),
    ),
    Truth(
        name="secret-policy-malformed",
        calls=("secretsmanager.PutResourcePolicy",),
        when="the document isn't one of the policy language",
        code="MalformedPolicyDocumentException",
        source=_MODEL.format("Secrets Manager 2017-10-17, PutResourcePolicy"),
        confidence="documented",
        check=_malformed("ResourcePolicy", Kind.SECRET),
    ),
)
