data "aws_availability_zones" "available" {
  state = "available"
}

locals {
  name  = "denizen-${var.environment}"
  zones = slice(data.aws_availability_zones.available.names, 0, 3)
}

module "network" {
  source  = "terraform-aws-modules/vpc/aws"
  version = "~> 6.0"

  name             = local.name
  cidr             = var.network
  azs              = local.zones
  private_subnets  = [for index in range(3) : cidrsubnet(var.network, 4, index)]
  public_subnets   = [for index in range(3) : cidrsubnet(var.network, 8, 48 + index)]
  database_subnets = [for index in range(3) : cidrsubnet(var.network, 8, 64 + index)]

  enable_nat_gateway     = true
  one_nat_gateway_per_az = var.environment == "production"
  single_nat_gateway     = var.environment != "production"

  public_subnet_tags  = { "kubernetes.io/role/elb" = 1 }
  private_subnet_tags = { "kubernetes.io/role/internal-elb" = 1 }
}
