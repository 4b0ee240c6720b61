"""What somebody with rights in an enclave's account does to what is declared there: changes, and deletions."""

from __future__ import annotations

from tests.reset.ids import ALL, ANYONE, Client, Deed, Ids


def _rule(client: Client, ids: Ids) -> None:
    rule = {"IpProtocol": "tcp", "FromPort": 1, "ToPort": ids.number, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    client("ec2").authorize_security_group_ingress(GroupId=ids.group, IpPermissions=[rule])


def _revoke(client: Client, ids: Ids) -> None:
    found = client("ec2").describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [ids.group]}])
    rule = found["SecurityGroupRules"][0]
    operation = "revoke_security_group_egress" if rule["IsEgress"] else "revoke_security_group_ingress"
    getattr(client("ec2"), operation)(GroupId=ids.group, SecurityGroupRuleIds=[rule["SecurityGroupRuleId"]])


def _role(client: Client, ids: Ids) -> str:
    return f"{ids.prefix}-as-participant"


def _entry(client: Client, ids: Ids) -> None:
    line = {"Protocol": "-1", "RuleAction": "allow", "CidrBlock": "0.0.0.0/0", "Egress": True}
    client("ec2").create_network_acl_entry(NetworkAclId=ids.acl, RuleNumber=2 + ids.number % 30, **line)


def _tag(client: Client, ids: Ids) -> None:
    client("ec2").create_tags(Resources=[ids.vpc, ids.subnet], Tags=[{"Key": "Owner", "Value": ids.name("m")}])


def _attach(client: Client, ids: Ids) -> None:
    policy = client("iam").create_policy(PolicyName=ids.name("all"), PolicyDocument=ALL)["Policy"]["Arn"]
    client("iam").attach_role_policy(RoleName=_role(client, ids), PolicyArn=policy)


def _flow_log(client: Client, ids: Ids) -> None:
    client("ec2").create_flow_logs(
        ResourceIds=[ids.subnet], ResourceType="Subnet", TrafficType="ALL", LogDestinationType="s3",
        LogDestination=f"arn:aws:s3:::{ids.bucket}/theirs/",
    )  # fmt: skip


def _peering(client: Client, ids: Ids) -> None:
    other = client("ec2").create_vpc(CidrBlock="10.97.0.0/16")["Vpc"]["VpcId"]
    client("ec2").create_vpc_peering_connection(VpcId=ids.vpc, PeerVpcId=other)


def _swap_acl(client: Client, ids: Ids) -> None:
    ec2 = client("ec2")
    found = ec2.describe_network_acls(Filters=[{"Name": "association.subnet-id", "Values": [ids.subnet]}])[
        "NetworkAcls"
    ]
    association = next(each for each in found[0]["Associations"] if each["SubnetId"] == ids.subnet)
    acl = ec2.create_network_acl(VpcId=ids.vpc)["NetworkAcl"]["NetworkAclId"]
    ec2.replace_network_acl_association(AssociationId=association["NetworkAclAssociationId"], NetworkAclId=acl)


def _swap_groups(client: Client, ids: Ids) -> None:
    ec2 = client("ec2")
    group = ec2.create_security_group(GroupName=ids.name("w"), Description="d", VpcId=ids.vpc)["GroupId"]
    ec2.modify_instance_attribute(InstanceId=ids.instances[0], Groups=[group])


def _swap_options(client: Client, ids: Ids) -> None:
    options = [{"Key": "domain-name-servers", "Values": ["192.0.2.53"]}]
    made = client("ec2").create_dhcp_options(DhcpConfigurations=options)["DhcpOptions"]["DhcpOptionsId"]
    client("ec2").associate_dhcp_options(DhcpOptionsId=made, VpcId=ids.vpc)


def _again(client: Client, ids: Ids) -> None:
    """Take a rule away and make one just like it."""
    ec2 = client("ec2")
    found = ec2.describe_security_group_rules()["SecurityGroupRules"]
    rule = next(each for each in found if each.get("CidrIpv4") and each.get("Tags"))
    way = "egress" if rule["IsEgress"] else "ingress"
    group = rule["GroupId"]
    getattr(ec2, f"revoke_security_group_{way}")(GroupId=group, SecurityGroupRuleIds=[rule["SecurityGroupRuleId"]])
    ports = {key: rule[key] for key in ("IpProtocol", "FromPort", "ToPort") if key in rule}
    ranges = [{"CidrIp": rule["CidrIpv4"], "Description": rule.get("Description", "")}]
    getattr(ec2, f"authorize_security_group_{way}")(
        GroupId=group, IpPermissions=[{**ports, "IpRanges": ranges}],
        TagSpecifications=[{"ResourceType": "security-group-rule", "Tags": rule.get("Tags", [])}],
    )  # fmt: skip


def _delete_route(client: Client, ids: Ids) -> None:
    tables = client("ec2").describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [ids.vpc]}])["RouteTables"]
    table, route = next(
        (table, route) for table in tables for route in table["Routes"]
        if route.get("Origin") == "CreateRoute" and route.get("DestinationCidrBlock")
    )  # fmt: skip
    client("ec2").delete_route(RouteTableId=table["RouteTableId"], DestinationCidrBlock=route["DestinationCidrBlock"])


def _delete_entry(client: Client, ids: Ids) -> None:
    entries = client("ec2").describe_network_acls(NetworkAclIds=[ids.acl])["NetworkAcls"][0]["Entries"]
    entry = next(each for each in entries if each["RuleNumber"] < 32767)
    client("ec2").delete_network_acl_entry(NetworkAclId=ids.acl, RuleNumber=entry["RuleNumber"], Egress=entry["Egress"])


def _delete_flow_log(client: Client, ids: Ids) -> None:
    logs = client("ec2").describe_flow_logs()["FlowLogs"]
    client("ec2").delete_flow_logs(FlowLogIds=[logs[0]["FlowLogId"]])


def _delete_mirror(client: Client, ids: Ids) -> None:
    found = client("ec2").describe_traffic_mirror_sessions()["TrafficMirrorSessions"]
    client("ec2").delete_traffic_mirror_session(TrafficMirrorSessionId=found[0]["TrafficMirrorSessionId"])


def _terminate(client: Client, ids: Ids) -> None:
    client("ec2").modify_instance_attribute(InstanceId=ids.instances[0], DisableApiTermination={"Value": False})
    client("ec2").terminate_instances(InstanceIds=ids.instances[:1])


def _delete_golden(client: Client, ids: Ids) -> None:
    found = client("ec2").describe_snapshots(
        OwnerIds=["self"], Filters=[{"Name": "tag-key", "Values": ["range:golden"]}]
    )
    client("ec2").delete_snapshot(SnapshotId=found["Snapshots"][0]["SnapshotId"])


def _delete_role_policy(client: Client, ids: Ids) -> None:
    iam, role = client("iam"), _role(client, ids)
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        iam.delete_role_policy(RoleName=role, PolicyName=name)


def _zone_record(client: Client, ids: Ids) -> None:
    zone = client("route53").list_hosted_zones()["HostedZones"][0]["Id"]
    record = {"Name": f"{ids.name('x')}.{client('route53').get_hosted_zone(Id=zone)['HostedZone']['Name']}", "Type": "A",
              "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.7"}]}  # fmt: skip
    changes = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
    client("route53").change_resource_record_sets(HostedZoneId=zone, ChangeBatch=changes)


SPOILT: dict[str, Deed] = {
    "opens a group": _rule,
    "takes a rule away": _revoke,
    "routes elsewhere": lambda c, i: c("ec2").create_route(
        RouteTableId=i.table, DestinationCidrBlock="192.0.2.0/24", InstanceId=i.instances[0]
    ),
    "opens an acl": _entry,
    "stops a host": lambda c, i: c("ec2").stop_instances(InstanceIds=i.instances[:1]),
    "protects a host": lambda c, i: c("ec2").modify_instance_attribute(
        InstanceId=i.instances[-1], DisableApiTermination={"Value": True}
    ),
    "tags things": _tag,
    "counts addresses": lambda c, i: c("ec2").modify_vpc_attribute(
        VpcId=i.vpc, EnableNetworkAddressUsageMetrics={"Value": True}
    ),
    "turns names off": lambda c, i: c("ec2").modify_vpc_attribute(VpcId=i.vpc, EnableDnsHostnames={"Value": False}),
    "turns encryption off": lambda c, i: c("ec2").disable_ebs_encryption_by_default(),
    "puts an object": lambda c, i: c("s3").put_object(Bucket=i.bucket, Key=f"loot/{i.number}", Body=b"x"),
    "shows a bucket around": lambda c, i: c("s3").put_bucket_cors(
        Bucket=i.bucket, CORSConfiguration={"CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]}
    ),
    "suspends versions": lambda c, i: c("s3").put_bucket_versioning(
        Bucket=i.bucket, VersioningConfiguration={"Status": "Suspended"}
    ),
    "lets anybody in": lambda c, i: c("iam").update_assume_role_policy(RoleName=_role(c, i), PolicyDocument=ANYONE),
    "adds a policy": lambda c, i: c("iam").put_role_policy(RoleName=_role(c, i), PolicyName="x", PolicyDocument=ALL),
    "attaches a policy": _attach,
    "shortens the logs": lambda c, i: c("logs").put_retention_policy(
        logGroupName=f"/range/{i.prefix.replace('-', '/')}/flow", retentionInDays=1
    ),
    "stops the trail": lambda c, i: c("cloudtrail").stop_logging(Name=f"{i.prefix}-trail"),
    "opens the key": lambda c, i: c("kms").create_key(Description=i.name("k")),
    "logs flows elsewhere": _flow_log,
    "peers": _peering,
    "swaps an acl": _swap_acl,
    "swaps the groups of a host": _swap_groups,
    "swaps the names that hosts are told": _swap_options,
    "makes a rule again": _again,
    "deletes a route": _delete_route,
    "deletes an acl entry": _delete_entry,
    "deletes a flow log": _delete_flow_log,
    "deletes a mirror session": _delete_mirror,
    "deletes a golden snapshot": _delete_golden,
    "deletes a bucket's policy": lambda c, i: c("s3").delete_bucket_policy(Bucket=i.bucket),
    "deletes the trail": lambda c, i: c("cloudtrail").delete_trail(Name=f"{i.prefix}-trail"),
    "deletes a log group": lambda c, i: c("logs").delete_log_group(logGroupName=f"/range/{i.prefix.replace('-', '/')}/flow"),
    "deletes a role's policies": _delete_role_policy,
    "deletes the alias of a key": lambda c, i: c("kms").delete_alias(
        AliasName=next(each["AliasName"] for each in c("kms").list_aliases()["Aliases"] if i.prefix in each["AliasName"])
    ),
    "terminates a host": _terminate,
    "changes a zone": _zone_record,
    "names the account": lambda c, i: c("iam").create_account_alias(AccountAlias=i.name("mallory")),
    "loosens passwords": lambda c, i: c("iam").update_account_password_policy(MinimumPasswordLength=6),
    "opens the account's buckets": lambda c, i: c("s3control").put_public_access_block(
        AccountId=c("sts").get_caller_identity()["Account"],
        PublicAccessBlockConfiguration={"BlockPublicAcls": False, "IgnorePublicAcls": False, "BlockPublicPolicy": False,
                                        "RestrictPublicBuckets": False},
    ),
}  # fmt: skip
"""By what it is; each leaves another property changed, or something gone."""

BY_HAND = (
    "opens a group", "routes elsewhere", "opens an acl", "stops a host", "protects a host", "tags things",
    "turns names off", "counts addresses", "turns encryption off", "puts an object", "shows a bucket around", "attaches a policy",
    "adds a policy", "swaps the groups of a host", "swaps the names that hosts are told", "changes a zone",
    "names the account", "loosens passwords",
)  # fmt: skip
"""Those that a reset puts back without the engine."""
