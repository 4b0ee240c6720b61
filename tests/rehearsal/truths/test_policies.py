"""Policy documents, as AWS refuses them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

Refused = Callable[[str], Any]
Clients = Callable[..., Any]
EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
TRUST = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}


def document(**statement: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statement})


ODD = [document(**{**EVERYTHING, "Principal": "*"}), document(Effect="Allow", Action="Get", Resource="*"), "{"]


@pytest.mark.truth("trust-policy-of-no-trust")
@pytest.mark.parametrize(
    "trust",
    [document(**EVERYTHING), document(**TRUST, Resource="*"), document(**{**TRUST, "Action": "s3:GetObject"})],
)
def test_a_role_says_who_may_take_it_and_nothing_else(trust: str, clients: Clients, refused: Refused) -> None:
    iam = clients("iam")
    with refused("MalformedPolicyDocument"):
        iam.create_role(RoleName="odd", AssumeRolePolicyDocument=trust)

    iam.create_role(RoleName="even", AssumeRolePolicyDocument=document(**TRUST))
    with refused("MalformedPolicyDocument"):
        iam.update_assume_role_policy(RoleName="even", PolicyDocument=trust)


@pytest.mark.truth("inline-policy-malformed")
@pytest.mark.parametrize("odd", ODD)
def test_an_inline_policy_is_well_formed(odd: str, clients: Clients, refused: Refused) -> None:
    iam = clients("iam")
    iam.create_role(RoleName="even", AssumeRolePolicyDocument=document(**TRUST))

    with refused("MalformedPolicyDocument"):
        iam.put_role_policy(RoleName="even", PolicyName="odd", PolicyDocument=odd)

    iam.put_role_policy(RoleName="even", PolicyName="all", PolicyDocument=document(**EVERYTHING))


@pytest.mark.truth("guardrail-malformed")
@pytest.mark.parametrize("odd", ODD)
def test_a_guardrail_is_well_formed(odd: str, clients: Clients, refused: Refused) -> None:
    organizations = clients("organizations", "100000000001")

    with refused("MalformedPolicyDocumentException"):
        organizations.create_policy(Name="odd", Description="", Type="SERVICE_CONTROL_POLICY", Content=odd)


@pytest.mark.truth("key-policy-malformed")
def test_a_keys_policy_names_principals(clients: Clients, refused: Refused) -> None:
    with refused("MalformedPolicyDocumentException"):
        clients("kms").create_key(Policy=document(**EVERYTHING))


@pytest.mark.truth("secret-policy-malformed")
def test_a_secrets_policy_names_principals(clients: Clients, refused: Refused) -> None:
    secrets = clients("secretsmanager")
    arn = secrets.create_secret(Name="password", SecretString="x")["ARN"]

    with refused("MalformedPolicyDocumentException"):
        secrets.put_resource_policy(SecretId=arn, ResourcePolicy=document(**EVERYTHING))

    secrets.put_resource_policy(SecretId=arn, ResourcePolicy=document(**{**EVERYTHING, "Principal": "*"}))


@pytest.mark.truth("guardrail-malformed")
def test_a_guardrail_stays_well_formed(clients: Clients, refused: Refused) -> None:
    organizations = clients("organizations", "100000000001")
    kind = {"Type": "SERVICE_CONTROL_POLICY", "Description": ""}
    made = organizations.create_policy(Name="even", Content=document(**EVERYTHING), **kind)
    policy = made["Policy"]["PolicySummary"]["Id"]

    with refused("MalformedPolicyDocumentException"):
        organizations.update_policy(PolicyId=policy, Content="{")

    organizations.update_policy(PolicyId=policy, Content=document(**EVERYTHING))


UNREADABLE = [
    "{",
    document(Effect="allow", Principal="*", Action="*", Resource="*"),
    document(Effect="Allow", Principal="*", Action="*", Resource="*", Condition={"StringIsh": {"aws:SourceIp": "x"}}),
    document(Effect="Allow", Principal="*", Action="\u0455qs:*", Resource="*"),
]
"""Cut short, in another case, with an operator that there isn't, and with a letter that looks like another."""


@pytest.mark.truth("bucket-policy-malformed")
@pytest.mark.parametrize("odd", UNREADABLE)
def test_a_buckets_policy_is_well_formed(odd: str, clients: Clients, refused: Refused) -> None:
    s3 = clients("s3")
    s3.create_bucket(Bucket="shelf", CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})

    with refused("MalformedPolicy"):
        s3.put_bucket_policy(Bucket="shelf", Policy=odd)


@pytest.mark.truth("queue-policy-malformed")
@pytest.mark.parametrize("odd", UNREADABLE)
def test_a_queues_policy_is_well_formed(odd: str, clients: Clients, refused: Refused) -> None:
    sqs = clients("sqs")
    with refused("InvalidAttributeValue"):
        sqs.create_queue(QueueName="odd", Attributes={"Policy": odd})
    url = sqs.create_queue(QueueName="even")["QueueUrl"]
    with refused("InvalidAttributeValue"):
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": odd})

    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": document(**{**EVERYTHING, "Principal": "*"})})


@pytest.mark.truth("topic-policy-malformed")
@pytest.mark.parametrize("odd", UNREADABLE)
def test_a_topics_policy_is_well_formed(odd: str, clients: Clients, refused: Refused) -> None:
    sns = clients("sns")
    with refused("InvalidParameter"):
        sns.create_topic(Name="odd", Attributes={"Policy": odd})
    topic = sns.create_topic(Name="even")["TopicArn"]
    with refused("InvalidParameter"):
        sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=odd)

    sns.set_topic_attributes(TopicArn=topic, AttributeName="DisplayName", AttributeValue="{")


@pytest.mark.truth("log-policy-malformed")
@pytest.mark.parametrize("odd", UNREADABLE)
def test_a_policy_of_the_logs_is_well_formed(odd: str, clients: Clients, refused: Refused) -> None:
    with refused("InvalidParameterException"):
        clients("logs").put_resource_policy(policyName="odd", policyDocument=odd)


@pytest.mark.truth("repository-policy-malformed")
@pytest.mark.parametrize("odd", UNREADABLE)
def test_a_repositorys_policy_is_well_formed(odd: str, clients: Clients, refused: Refused) -> None:
    ecr = clients("ecr")
    ecr.create_repository(repositoryName="images")

    with refused("InvalidParameterException"):
        ecr.set_repository_policy(repositoryName="images", policyText=odd)


@pytest.mark.truth("endpoint-policy-malformed")
@pytest.mark.parametrize("odd", UNREADABLE)
def test_an_endpoints_policy_is_well_formed(odd: str, vpc: str, clients: Clients, refused: Refused) -> None:
    with refused("InvalidPolicyDocument"):
        clients("ec2").create_vpc_endpoint(VpcId=vpc, ServiceName="com.amazonaws.eu-west-2.s3", PolicyDocument=odd)
