data "aws_route53_zone" "domain" {
  name = var.domain
}

# One certificate for the apex and every workspace, for the load balancer in front of the cluster's ingress.
resource "aws_acm_certificate" "domain" {
  domain_name               = var.domain
  subject_alternative_names = ["*.${var.domain}"]
  validation_method         = "DNS"
  lifecycle {
    create_before_destroy = true
  }
}

# The apex and the wildcard share one record.
resource "aws_route53_record" "validation" {
  for_each = {
    for option in aws_acm_certificate.domain.domain_validation_options : option.domain_name => option
    if !startswith(option.domain_name, "*.")
  }
  zone_id = data.aws_route53_zone.domain.zone_id
  name    = each.value.resource_record_name
  type    = each.value.resource_record_type
  records = [each.value.resource_record_value]
  ttl     = 60
}

resource "aws_acm_certificate_validation" "domain" {
  certificate_arn         = aws_acm_certificate.domain.arn
  validation_record_fqdns = [for record in aws_route53_record.validation : record.fqdn]
}

# The load balancer terminates TLS and passes every host on to the ingress controller's port on the nodes.
module "load_balancer" {
  source  = "terraform-aws-modules/alb/aws"
  version = "~> 10.0"

  name                       = local.name
  vpc_id                     = module.network.vpc_id
  subnets                    = module.network.public_subnets
  enable_deletion_protection = var.environment == "production"
  idle_timeout               = 120 # longer than the pings of event streams and WebSockets

  security_group_ingress_rules = {
    https = { from_port = 443, to_port = 443, ip_protocol = "tcp", cidr_ipv4 = "0.0.0.0/0" }
    http  = { from_port = 80, to_port = 80, ip_protocol = "tcp", cidr_ipv4 = "0.0.0.0/0" }
  }
  security_group_egress_rules = {
    nodes = { ip_protocol = "-1", cidr_ipv4 = var.network }
  }

  listeners = {
    http = {
      port     = 80
      protocol = "HTTP"
      redirect = { port = "443", protocol = "HTTPS", status_code = "HTTP_301" }
    }
    https = {
      port            = 443
      protocol        = "HTTPS"
      certificate_arn = aws_acm_certificate_validation.domain.certificate_arn
      forward         = { target_group_key = "ingress" }
    }
  }

  target_groups = {
    ingress = {
      protocol          = "HTTP"
      port              = local.ingress_port
      target_type       = "instance"
      create_attachment = false
      health_check      = { path = "/ping", port = "traffic-port", matcher = "200-404" }
    }
  }
}

locals {
  ingress_port = 30080 # the NodePort of Traefik: docs/admin/terraform.md
}

resource "aws_autoscaling_attachment" "ingress" {
  autoscaling_group_name = module.cluster.eks_managed_node_groups["main"].node_group_autoscaling_group_names[0]
  lb_target_group_arn    = module.load_balancer.target_groups["ingress"].arn
}

resource "aws_vpc_security_group_ingress_rule" "ingress" {
  security_group_id            = module.cluster.node_security_group_id
  referenced_security_group_id = module.load_balancer.security_group_id
  ip_protocol                  = "tcp"
  from_port                    = local.ingress_port
  to_port                      = local.ingress_port
}

resource "aws_route53_record" "hosts" {
  for_each = toset([var.domain, "*.${var.domain}"])
  zone_id  = data.aws_route53_zone.domain.zone_id
  name     = each.value
  type     = "A"
  alias {
    name                   = module.load_balancer.dns_name
    zone_id                = module.load_balancer.zone_id
    evaluate_target_health = true
  }
}
