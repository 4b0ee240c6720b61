"""The condition keys that are modelled: where a request has none of these, it is missing, and not merely unknown.

Whoever makes a request vouches for all of them, or names those that it can't tell in `Request.unknown`. Any other key
is UNKNOWN unless the request has it.

Source: IAM User Guide, "AWS global condition context keys", "IAM and AWS STS condition context keys"; Service
Authorization Reference, the services named in `_OF_SERVICES`; the policies of stacks/documents; AWS's data perimeter
policy examples (all read 2026-11-22).
"""

from __future__ import annotations

_GLOBAL = """
calledvia calledviafirst calledvialast currenttime ec2instancesourceprivateipv4 ec2instancesourcevpc epochtime
federatedprovider multifactorauthage multifactorauthpresent principalaccount principalarn principalisawsservice
principalorgid principalorgpaths principalservicename principalservicenameslist principaltype referer requestedregion
resourceaccount resourceorgid resourceorgpaths securetransport sourceaccount sourcearn sourceidentity sourceip
sourceorgid sourceorgpaths sourceowner sourcevpc sourcevpce tagkeys tokenissuetime userid username useragent viaawsservice
vpceaccount vpceorgid vpceorgpaths vpcsourceip assumedroot
"""
_OF_SERVICES = {
    "ec2": "createaction instanceprofile ismanagedresource launchtemplate owner region subnet vpc roledelivery "
    "sourceinstancearn public volumeid",
    "iam": "awsservicename associatedresourcearn passedtoservice permissionsboundary policyarn",
    "kms": "callaccount calleraccount encryptioncontextkeys grantconstrainttype grantisforawsresource grantoperations "
    "granteeprincipal keyorigin keyspec keyusage requestalias resourcealiases retiringprincipal viaservice",
    "lambda": "functionurlauthtype invokedviafunctionurl",
    "logs": "",
    "organizations": "policytype serviceprincipal",
    "ram": "allowsexternalprincipals principal requestedallowsexternalprincipals requestedresourcetype resourcearn "
    "resourceshareowner",
    "s3": "authtype delimiter existingobjecttag max-keys prefix resourceaccount signatureage signatureversion "
    "tlsversion versionid x-amz-acl x-amz-copy-source x-amz-server-side-encryption "
    "x-amz-server-side-encryption-aws-kms-key-id accesspointnetworkorigin dataaccesspointaccount dataaccesspointarn",
    "secretsmanager": "addreplicaregions blockpublicpolicy forcedeletewithoutrecovery resource/allowrotationlambdaarn secretid "
    "versionid versionstage",
    "sns": "endpoint protocol",
    "sts": "awsservicename durationseconds externalid rolesessionname sourceidentity transitivetagkeys",
}
_FAMILIES = (
    "aws:principaltag/",
    "aws:requesttag/",
    "aws:resourcetag/",
    "ec2:resourcetag/",
    "iam:resourcetag/",
    "kms:encryptioncontext:",
    "s3:requestobjecttag/",
    "secretsmanager:resourcetag/",
)
"""Keys that end in a name of the user's."""

MODELLED = frozenset(
    {f"aws:{name}" for name in _GLOBAL.split()}
    | {f"{service}:{name}" for service, names in _OF_SERVICES.items() for name in names.split()}
)

SEVERAL = frozenset(
    {
        "aws:calledvia",
        "aws:principalorgpaths",
        "aws:principalservicenameslist",
        "aws:resourceorgpaths",
        "aws:sourceorgpaths",
        "aws:tagkeys",
        "aws:vpceorgpaths",
        "kms:encryptioncontextkeys",
        "kms:grantoperations",
        "kms:resourcealiases",
        "secretsmanager:addreplicaregions",
        "sts:transitivetagkeys",
    }
)
"""Keys that may have several values at once."""

ALWAYS = frozenset(
    {
        "aws:currenttime",
        "aws:epochtime",
        "aws:requestedregion",
        "aws:securetransport",
        "aws:useragent",
        "aws:userid",
        "aws:viaawsservice",
    }
)
"""Keys that every request of somebody in an account has, so that one which isn't told is unknown, not missing."""


def is_modelled(key: str) -> bool:
    """Say whether a key, in lower case, is missing where a request doesn't have it."""
    return key in MODELLED or key.startswith(_FAMILIES)
