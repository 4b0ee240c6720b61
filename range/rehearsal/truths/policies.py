"""Policy documents, wherever they are handed in: read as AWS reads them, by the same code that judges by them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from range.policy.kinds import Kind
from range.policy.reading import MalformedPolicy, read
from range.rehearsal.areas.organisation_records import organisation_of
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


def _other(where: Callable[[Call], Any], kind: Kind, words: str) -> Check:
    """Make the check of a service that has one sentence for whatever is wrong with a document."""

    def check(call: Call) -> str | None:
        text = where(call)
        return None if not text or _refused(str(text), kind) is None else words

    return check


def _attribute(call: Call) -> Any:
    """Give the policy among a queue's or a topic's attributes; a topic's are set one by one."""
    if call.params.get("AttributeName") == "Policy":
        return call.params.get("AttributeValue")
    return (call.params.get("Attributes") or {}).get("Policy")


def _guardrail(call: Call) -> str | None:
    """Read a policy of the organisation; those of other types, for tags and backups, have languages of their own."""
    kind = _ORGANISATION.get(call.params.get("Type") or _type_of(call))
    text = call.params.get("Content")
    return None if kind is None or text is None else _refused(str(text), kind)


def _type_of(call: Call) -> str:
    """Give the type of the policy that a call changes."""
    records = organisation_of(call.account)
    held = () if records is None else records.policies
    return next((str(each.type) for each in held if each.id == call.params.get("PolicyId")), "")


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
        calls=("organizations.CreatePolicy", "organizations.UpdatePolicy"),
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
    Truth(
        name="bucket-policy-malformed",
        calls=("s3.PutBucketPolicy",),
        when="the document isn't one of the policy language",
        code="MalformedPolicy",
        source='Amazon S3 API Reference, "Error responses", list of error codes (read 2026-11-28)',
        confidence="documented",
        check=_malformed("Policy", Kind.BUCKET),
    ),
    Truth(
        name="queue-policy-malformed",
        calls=("sqs.CreateQueue", "sqs.SetQueueAttributes"),
        when="the document isn't one of the policy language",
        code="InvalidAttributeValue",
        source=_MODEL.format("SQS 2012-11-05, SetQueueAttributes"),
        confidence="documented",
        check=_other(_attribute, Kind.RESOURCE, "Invalid value for the parameter Policy."),
    ),
    Truth(
        name="topic-policy-malformed",
        calls=("sns.CreateTopic", "sns.SetTopicAttributes"),
        when="the document isn't one of the policy language",
        code="InvalidParameter",
        source=_MODEL.format("SNS 2010-03-31, SetTopicAttributes"),
        confidence="documented",
        check=_other(_attribute, Kind.RESOURCE, "Invalid parameter: Policy Error: null"),
    ),
    Truth(
        name="log-policy-malformed",
        calls=("logs.PutResourcePolicy", "logs.PutDestinationPolicy"),
        when="the document isn't one of the policy language",
        code="InvalidParameterException",
        source=_MODEL.format("CloudWatch Logs 2014-03-28, PutResourcePolicy"),
        confidence="documented",
        check=_other(
            lambda call: call.params.get("policyDocument") or call.params.get("accessPolicy"),
            Kind.RESOURCE,
            "The resource policy is malformed.",
        ),
    ),
    Truth(
        name="repository-policy-malformed",
        calls=("ecr.SetRepositoryPolicy",),
        when="the document isn't one of the policy language",
        code="InvalidParameterException",
        source=_MODEL.format("ECR 2015-09-21, SetRepositoryPolicy"),
        confidence="documented",
        check=_other(
            lambda call: call.params.get("policyText"),
            Kind.RESOURCE,
            "Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Invalid repository policy provided'",
        ),
    ),
    Truth(
        name="endpoint-policy-malformed",
        calls=("ec2.CreateVpcEndpoint", "ec2.ModifyVpcEndpoint"),
        when="the document isn't one of the policy language",
        code="InvalidPolicyDocument",
        source='Amazon EC2 API Reference, "Error codes", client errors (read 2026-11-28)',
        confidence="documented",
        check=_malformed("PolicyDocument", Kind.ENDPOINT),
    ),
)
