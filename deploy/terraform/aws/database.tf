resource "random_password" "database" {
  length  = 40
  special = false
}

resource "aws_security_group" "database" {
  name        = "${local.name}-database"
  description = "PostgreSQL for the nodes"
  vpc_id      = module.network.vpc_id
}

resource "aws_vpc_security_group_ingress_rule" "database" {
  security_group_id            = aws_security_group.database.id
  referenced_security_group_id = module.cluster.node_security_group_id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}

# Its family follows the version. The new group exists before the upgrade, and the old one goes after it.
resource "aws_db_parameter_group" "postgres" {
  name_prefix = "${local.name}-postgres${var.postgres_version}-"
  family      = "postgres${var.postgres_version}"

  parameter {
    name  = "rds.force_ssl"
    value = "1"
  }
  parameter {
    name  = "hot_standby_feedback"
    value = "1"
  }
  parameter {
    name  = "log_min_duration_statement"
    value = "1000"
  }
  parameter { # a backup and a migration lock many tables
    name         = "max_locks_per_transaction"
    value        = "1024"
    apply_method = "pending-reboot"
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_db_instance" "primary" {
  identifier                  = local.name
  engine                      = "postgres"
  engine_version              = tostring(var.postgres_version)
  auto_minor_version_upgrade  = true
  allow_major_version_upgrade = var.allow_major_upgrade
  apply_immediately           = var.allow_major_upgrade

  instance_class        = var.database.class
  allocated_storage     = var.database.storage
  max_allocated_storage = var.database.max_storage
  storage_type          = "gp3"
  storage_encrypted     = true
  multi_az              = var.environment == "production"

  username               = "postgres"
  password               = random_password.database.result
  parameter_group_name   = aws_db_parameter_group.postgres.name
  db_subnet_group_name   = module.network.database_subnet_group_name
  vpc_security_group_ids = [aws_security_group.database.id]
  publicly_accessible    = false

  backup_retention_period      = var.database.backup_days
  copy_tags_to_snapshot        = true
  deletion_protection          = var.environment == "production"
  skip_final_snapshot          = var.environment != "production"
  final_snapshot_identifier    = "${local.name}-final"
  performance_insights_enabled = true
}

resource "aws_db_instance" "replica" {
  count = var.replica ? 1 : 0

  identifier                  = "${local.name}-replica"
  replicate_source_db         = aws_db_instance.primary.identifier
  auto_minor_version_upgrade  = true
  allow_major_version_upgrade = var.allow_major_upgrade
  apply_immediately           = var.allow_major_upgrade

  instance_class         = var.database.class
  max_allocated_storage  = var.database.max_storage
  storage_type           = "gp3"
  storage_encrypted      = true
  parameter_group_name   = aws_db_parameter_group.postgres.name
  vpc_security_group_ids = [aws_security_group.database.id]
  publicly_accessible    = false
  skip_final_snapshot    = true
}
