# One ally's network, hosts, role, key and bucket, attached to the hub's gateway.

terraform {
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      configuration_aliases = [aws.hub]
    }
  }
}

variable "name" {
  type = string
}

variable "network" {
  type = string
}

variable "region" {
  type = string
}

variable "gateway" {
  type = string
}

variable "table" {
  type = string
}

locals {
  supernet = "10.0.0.0/8"
}

data "aws_caller_identity" "own" {}

data "aws_ami" "debian" {
  most_recent = true
  owners      = ["amazon"]
  filter {
    name   = "name"
    values = ["al2023-ami-2023*-x86_64"]
  }
}

resource "aws_vpc" "own" {
  cidr_block = var.network
  tags       = { Name = var.name }
}

resource "aws_default_security_group" "own" {
  vpc_id = aws_vpc.own.id
}

resource "aws_subnet" "targets" {
  for_each          = { a = 0, b = 1 }
  vpc_id            = aws_vpc.own.id
  cidr_block        = cidrsubnet(var.network, 8, each.value)
  availability_zone = "${var.region}${each.key}"
  tags              = { Name = "targets-${each.key}" }
}

resource "aws_subnet" "transit" {
  for_each          = { a = 8, b = 9 }
  vpc_id            = aws_vpc.own.id
  cidr_block        = cidrsubnet(var.network, 8, each.value)
  availability_zone = "${var.region}${each.key}"
  tags              = { Name = "transit-${each.key}" }
}

resource "aws_route_table" "targets" {
  vpc_id = aws_vpc.own.id
  tags   = { Name = "targets" }
}

resource "aws_route_table_association" "targets" {
  for_each       = aws_subnet.targets
  route_table_id = aws_route_table.targets.id
  subnet_id      = each.value.id
}

resource "aws_route" "supernet" {
  route_table_id         = aws_route_table.targets.id
  destination_cidr_block = local.supernet
  transit_gateway_id     = var.gateway
  depends_on             = [aws_ec2_transit_gateway_vpc_attachment_accepter.own]
}

resource "aws_network_acl" "targets" {
  vpc_id     = aws_vpc.own.id
  subnet_ids = [for subnet in aws_subnet.targets : subnet.id]

  ingress {
    rule_no    = 100
    protocol   = "tcp"
    action     = "allow"
    cidr_block = local.supernet
    from_port  = 22
    to_port    = 22
  }

  egress {
    rule_no    = 100
    protocol   = "-1"
    action     = "allow"
    cidr_block = local.supernet
    from_port  = 0
    to_port    = 0
  }
}

resource "aws_network_acl" "transit" {
  vpc_id     = aws_vpc.own.id
  subnet_ids = [for subnet in aws_subnet.transit : subnet.id]
}

resource "aws_network_acl_rule" "transit" {
  for_each       = { in = false, out = true }
  network_acl_id = aws_network_acl.transit.id
  rule_number    = 100
  egress         = each.value
  protocol       = "-1"
  rule_action    = "allow"
  cidr_block     = local.supernet
}

resource "aws_security_group" "hosts" {
  name        = "hosts"
  description = "what plays"
  vpc_id      = aws_vpc.own.id

  ingress {
    description = "operators"
    protocol    = "tcp"
    from_port   = 22
    to_port     = 22
    cidr_blocks = ["10.0.0.0/16"]
  }
}

resource "aws_security_group" "endpoints" {
  name        = "endpoints"
  description = "what answers for services"
  vpc_id      = aws_vpc.own.id
}

resource "aws_vpc_security_group_ingress_rule" "from_hosts" {
  security_group_id            = aws_security_group.endpoints.id
  referenced_security_group_id = aws_security_group.hosts.id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
}

resource "aws_vpc_security_group_egress_rule" "anywhere_inside" {
  security_group_id = aws_security_group.endpoints.id
  cidr_ipv4         = local.supernet
  ip_protocol       = "-1"
}

resource "aws_vpc_endpoint" "s3" {
  vpc_id            = aws_vpc.own.id
  service_name      = "com.amazonaws.${var.region}.s3"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = [aws_route_table.targets.id]
}

resource "aws_vpc_endpoint" "ssm" {
  vpc_id             = aws_vpc.own.id
  service_name       = "com.amazonaws.${var.region}.ssm"
  vpc_endpoint_type  = "Interface"
  subnet_ids         = [for subnet in aws_subnet.targets : subnet.id]
  security_group_ids = [aws_security_group.endpoints.id]
}

# its side of the gateway, and the owner's

resource "aws_ec2_transit_gateway_vpc_attachment" "own" {
  transit_gateway_id = var.gateway
  vpc_id             = aws_vpc.own.id
  subnet_ids         = [for subnet in aws_subnet.transit : subnet.id]
  tags               = { Name = var.name }
}

resource "aws_ec2_transit_gateway_vpc_attachment_accepter" "own" {
  provider                                        = aws.hub
  transit_gateway_attachment_id                   = aws_ec2_transit_gateway_vpc_attachment.own.id
  transit_gateway_default_route_table_association = false
  transit_gateway_default_route_table_propagation = false
  tags                                            = { Name = var.name }
}

resource "aws_ec2_transit_gateway_route_table_association" "own" {
  provider                       = aws.hub
  transit_gateway_attachment_id  = aws_ec2_transit_gateway_vpc_attachment_accepter.own.id
  transit_gateway_route_table_id = var.table
}

# hosts, and what they are allowed

resource "aws_iam_role" "host" {
  name = "${var.name}-host"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "evidence" {
  name = "evidence"
  role = aws_iam_role.host.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["s3:PutObject"]
      Resource = "${aws_s3_bucket.evidence.arn}/*"
    }]
  })
}

resource "aws_iam_role_policy_attachment" "sessions" {
  role       = aws_iam_role.host.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
}

resource "aws_iam_instance_profile" "host" {
  name = "${var.name}-host"
  role = aws_iam_role.host.name
}

resource "aws_instance" "host" {
  for_each               = aws_subnet.targets
  ami                    = data.aws_ami.debian.id
  instance_type          = "t3.micro"
  subnet_id              = each.value.id
  private_ip             = cidrhost(each.value.cidr_block, 10)
  vpc_security_group_ids = [aws_security_group.hosts.id]
  iam_instance_profile   = aws_iam_instance_profile.host.name

  metadata_options {
    http_tokens   = "required"
    http_endpoint = "enabled"
  }

  root_block_device {
    volume_type = "gp3"
    volume_size = 20
    encrypted   = true
  }

  tags = { Name = "host-${each.key}" }
}

# the key, the bucket and the logs

resource "aws_kms_key" "own" {
  description             = "everything that ${var.name} keeps"
  enable_key_rotation     = true
  deletion_window_in_days = 7
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.own.account_id}:root" }
        Action    = "kms:*"
        Resource  = "*"
      },
      {
        Effect    = "Allow"
        Principal = { Service = "logs.${var.region}.amazonaws.com" }
        Action    = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]
        Resource  = "*"
      },
    ]
  })
}

resource "aws_kms_alias" "own" {
  name          = "alias/${var.name}"
  target_key_id = aws_kms_key.own.key_id
}

resource "aws_s3_bucket" "evidence" {
  bucket        = "evidence-${var.name}-${data.aws_caller_identity.own.account_id}"
  force_destroy = true
}

resource "aws_s3_bucket_versioning" "evidence" {
  bucket = aws_s3_bucket.evidence.id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "evidence" {
  bucket = aws_s3_bucket.evidence.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.own.arn
    }
    bucket_key_enabled = true
  }
}

resource "aws_s3_bucket_public_access_block" "evidence" {
  bucket                  = aws_s3_bucket.evidence.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_policy" "evidence" {
  bucket = aws_s3_bucket.evidence.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = [aws_s3_bucket.evidence.arn, "${aws_s3_bucket.evidence.arn}/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
  depends_on = [aws_s3_bucket_public_access_block.evidence]
}

resource "aws_s3_object" "rules" {
  bucket  = aws_s3_bucket.evidence.id
  key     = "rules.txt"
  content = "play fair\n"
  depends_on = [
    aws_s3_bucket_versioning.evidence,
    aws_s3_bucket_server_side_encryption_configuration.evidence,
  ]
}

resource "aws_cloudwatch_log_group" "flows" {
  name              = "/range/${var.name}/flows"
  retention_in_days = 7
  kms_key_id        = aws_kms_key.own.arn
}

resource "aws_iam_role" "delivery" {
  name = "${var.name}-delivery"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "vpc-flow-logs.amazonaws.com" }
    }]
  })
}

resource "aws_flow_log" "own" {
  vpc_id          = aws_vpc.own.id
  traffic_type    = "ALL"
  log_destination = aws_cloudwatch_log_group.flows.arn
  iam_role_arn    = aws_iam_role.delivery.arn
}

output "addresses" {
  description = "Private addresses of the hosts, in order of zones."
  value       = [for host in aws_instance.host : host.private_ip]
}
