"""Roles that somebody is to be; `range.rehearsal.areas.identity` and moto refuse these, so no row has a check."""

from __future__ import annotations

from range.rehearsal.truths.rows import Truth

TRUTHS = (
    Truth(
        name="role-that-trusts-others",
        calls=("sts.AssumeRole",),
        when="the role's trust policy doesn't let the caller be it, or there is no such role",
        code="AccessDenied",
        source="https://github.com/DataDog/stratus-red-team/pull/358",
        confidence="general_knowledge",
    ),
    Truth(
        name="session-too-long",
        calls=("sts.AssumeRole",),
        when="it would last longer than the role allows, or than an hour where a role's session asks for it",
        code="ValidationError",
        source="botocore 1.44.5, STS 2011-06-15, AssumeRole (read 2026-11-22); the code is from memory",
        confidence="general_knowledge",
    ),
    Truth(
        name="function-of-a-role-that-trusts-others",
        calls=("lambda.CreateFunction",),
        when="the role doesn't trust Lambda, or there is no such role",
        code="InvalidParameterValueException",
        source="https://github.com/aws/aws-cli/issues/7700",
        confidence="seen_in_issue",
    ),
)
