# A hub and two spokes, each in an account of its own, as somebody would write them who never heard of the rehearsal
# cloud: the endpoint and the credentials come from the environment.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

variable "accounts" {
  description = "Account ids of the hub and its spokes, by name."
  type        = map(string)
}

variable "region" {
  description = "Where everything is."
  type        = string
}

locals {
  supernet = "10.0.0.0/8"
}

provider "aws" {
  alias               = "hub"
  region              = var.region
  allowed_account_ids = [var.accounts["hub"]]
  assume_role {
    role_arn     = "arn:aws:iam::${var.accounts["hub"]}:role/OrganizationAccountAccessRole"
    session_name = "terraform"
  }
  default_tags {
    tags = { "range:exercise" = "terraformed", "range:ally" = "hub" }
  }
}

provider "aws" {
  alias  = "est"
  region = var.region
  assume_role {
    role_arn = "arn:aws:iam::${var.accounts["est"]}:role/OrganizationAccountAccessRole"
  }
  default_tags {
    tags = { "range:exercise" = "terraformed", "range:ally" = "est" }
  }
}

provider "aws" {
  alias  = "pol"
  region = var.region
  assume_role {
    role_arn = "arn:aws:iam::${var.accounts["pol"]}:role/OrganizationAccountAccessRole"
  }
  default_tags {
    tags = { "range:exercise" = "terraformed", "range:ally" = "pol" }
  }
}

# the hub's gateway, shared with the spokes' accounts

resource "aws_ec2_transit_gateway" "hub" {
  provider                        = aws.hub
  description                     = "every spoke hangs on this"
  auto_accept_shared_attachments  = "disable"
  default_route_table_association = "disable"
  default_route_table_propagation = "disable"
  tags                            = { Name = "hub" }
}

resource "aws_ec2_transit_gateway_route_table" "spokes" {
  provider           = aws.hub
  transit_gateway_id = aws_ec2_transit_gateway.hub.id
  tags               = { Name = "spokes" }
}

resource "aws_ec2_transit_gateway_route" "nowhere" {
  provider                       = aws.hub
  destination_cidr_block         = local.supernet
  blackhole                      = true
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.spokes.id
}

resource "aws_ram_resource_share" "gateway" {
  provider                  = aws.hub
  name                      = "gateway"
  allow_external_principals = false
}

resource "aws_ram_resource_association" "gateway" {
  provider           = aws.hub
  resource_arn       = aws_ec2_transit_gateway.hub.arn
  resource_share_arn = aws_ram_resource_share.gateway.arn
}

resource "aws_ram_principal_association" "spokes" {
  provider           = aws.hub
  for_each           = toset([var.accounts["est"], var.accounts["pol"]])
  principal          = each.value
  resource_share_arn = aws_ram_resource_share.gateway.arn
}

# the hub's own network, with a way out

resource "aws_vpc" "hub" {
  provider   = aws.hub
  cidr_block = "10.0.0.0/16"
  tags       = { Name = "hub" }
}

resource "aws_subnet" "egress" {
  provider          = aws.hub
  vpc_id            = aws_vpc.hub.id
  cidr_block        = "10.0.0.0/24"
  availability_zone = "${var.region}a"
}

resource "aws_subnet" "transit" {
  provider          = aws.hub
  vpc_id            = aws_vpc.hub.id
  cidr_block        = "10.0.1.0/24"
  availability_zone = "${var.region}a"
}

resource "aws_internet_gateway" "hub" {
  provider = aws.hub
  vpc_id   = aws_vpc.hub.id
}

resource "aws_eip" "egress" {
  provider   = aws.hub
  domain     = "vpc"
  depends_on = [aws_internet_gateway.hub]
}

resource "aws_nat_gateway" "egress" {
  provider      = aws.hub
  allocation_id = aws_eip.egress.id
  subnet_id     = aws_subnet.egress.id
}

resource "aws_route_table" "egress" {
  provider = aws.hub
  vpc_id   = aws_vpc.hub.id
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.hub.id
  }
}

resource "aws_route_table_association" "egress" {
  provider       = aws.hub
  route_table_id = aws_route_table.egress.id
  subnet_id      = aws_subnet.egress.id
}

resource "aws_route_table" "transit" {
  provider = aws.hub
  vpc_id   = aws_vpc.hub.id
}

resource "aws_route" "out" {
  provider               = aws.hub
  route_table_id         = aws_route_table.transit.id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.egress.id
}

resource "aws_route_table_association" "transit" {
  provider       = aws.hub
  route_table_id = aws_route_table.transit.id
  subnet_id      = aws_subnet.transit.id
}

resource "aws_ec2_transit_gateway_vpc_attachment" "hub" {
  provider                                        = aws.hub
  transit_gateway_id                              = aws_ec2_transit_gateway.hub.id
  vpc_id                                          = aws_vpc.hub.id
  subnet_ids                                      = [aws_subnet.transit.id]
  transit_gateway_default_route_table_association = false
  transit_gateway_default_route_table_propagation = false
}

resource "aws_ec2_transit_gateway_route_table_propagation" "hub" {
  provider                       = aws.hub
  transit_gateway_attachment_id  = aws_ec2_transit_gateway_vpc_attachment.hub.id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.spokes.id
}

resource "aws_ec2_transit_gateway_route" "out" {
  provider                       = aws.hub
  destination_cidr_block         = "0.0.0.0/0"
  transit_gateway_attachment_id  = aws_ec2_transit_gateway_vpc_attachment.hub.id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.spokes.id
}

# the spokes

module "est" {
  source     = "./spoke"
  name       = "est"
  network    = "10.1.0.0/16"
  region     = var.region
  gateway    = aws_ec2_transit_gateway.hub.id
  table      = aws_ec2_transit_gateway_route_table.spokes.id
  providers  = { aws = aws.est, aws.hub = aws.hub }
  depends_on = [aws_ram_resource_association.gateway, aws_ram_principal_association.spokes]
}

module "pol" {
  source     = "./spoke"
  name       = "pol"
  network    = "10.2.0.0/16"
  region     = var.region
  gateway    = aws_ec2_transit_gateway.hub.id
  table      = aws_ec2_transit_gateway_route_table.spokes.id
  providers  = { aws = aws.pol, aws.hub = aws.hub }
  depends_on = [aws_ram_resource_association.gateway, aws_ram_principal_association.spokes]
}

output "hosts" {
  description = "Private addresses of the spokes' hosts, by spoke."
  value       = { est = module.est.addresses, pol = module.pol.addresses }
}
