# The pods' secrets, which External Secrets copies into the cluster. Keys are the product's settings.
resource "random_password" "app_secret" {
  length  = 48
  special = false
}

resource "random_password" "login" {
  length  = 40
  special = false
}

resource "aws_secretsmanager_secret" "settings" {
  name = "denizen/${var.environment}"
}

locals {
  login = "denizen:${random_password.login.result}"
  tls   = "sslmode=verify-full&sslrootcert=/app/certificates/rds.pem" # docs/admin/terraform.md
}

resource "aws_secretsmanager_secret_version" "settings" {
  secret_id = aws_secretsmanager_secret.settings.id
  secret_string = jsonencode(merge({
    APP_SECRET                = random_password.app_secret.result
    DATABASE_URL              = "postgres://${local.login}@${aws_db_instance.primary.endpoint}/denizen?${local.tls}"
    REDIS_URL                 = "rediss://default:${random_password.cache.result}@${aws_elasticache_replication_group.cache.primary_endpoint_address}:6379"
    SMTP_URL                  = "smtps://${aws_iam_access_key.email.id}:${urlencode(aws_iam_access_key.email.ses_smtp_password_v4)}@email-smtp.${var.region}.amazonaws.com"
    ALLOW_UNHARDENED_DATABASE = "1" # RDS has no superuser
    BACKUP_BUCKET_URL         = "https://s3.${var.region}.amazonaws.com/${aws_s3_bucket.backups.id}"
    BACKUP_BUCKET_KEY_ID      = aws_iam_access_key.backups.id
    BACKUP_BUCKET_SECRET      = aws_iam_access_key.backups.secret
    BACKUP_BUCKET_REGION      = var.region
    BACKUP_AGE_RECIPIENT      = var.backup_age_recipient
    }, var.replica ? {
    DATABASE_REPLICA_URL = "postgres://${local.login}@${aws_db_instance.replica[0].endpoint}/denizen?${local.tls}"
  } : {}))

  # Settings that people add, and a rotated APP_SECRET, stay.
  lifecycle {
    ignore_changes = [secret_string]
  }
}
