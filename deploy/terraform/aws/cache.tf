# Counts for rate limits. They may be lost, so it has no backup.
resource "random_password" "cache" {
  length  = 40
  special = false
}

resource "aws_security_group" "cache" {
  name        = "${local.name}-cache"
  description = "Valkey for the nodes"
  vpc_id      = module.network.vpc_id
}

resource "aws_vpc_security_group_ingress_rule" "cache" {
  security_group_id            = aws_security_group.cache.id
  referenced_security_group_id = module.cluster.node_security_group_id
  ip_protocol                  = "tcp"
  from_port                    = 6379
  to_port                      = 6379
}

resource "aws_elasticache_subnet_group" "cache" {
  name       = local.name
  subnet_ids = module.network.private_subnets
}

resource "aws_elasticache_replication_group" "cache" {
  replication_group_id       = local.name
  description                = "Rate limits of Denizen"
  engine                     = "valkey"
  engine_version             = "8.0"
  node_type                  = var.cache_class
  num_cache_clusters         = var.environment == "production" ? 2 : 1
  automatic_failover_enabled = var.environment == "production"
  multi_az_enabled           = var.environment == "production"
  subnet_group_name          = aws_elasticache_subnet_group.cache.name
  security_group_ids         = [aws_security_group.cache.id]
  at_rest_encryption_enabled = true
  transit_encryption_enabled = true
  auth_token                 = random_password.cache.result
}
