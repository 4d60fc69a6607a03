output "kubeconfig_command" {
  description = "Points kubectl at the cluster."
  value       = "aws eks update-kubeconfig --region ${var.region} --name ${module.cluster.cluster_name}"
}

output "settings_secret" {
  description = "The secret that External Secrets reads."
  value       = aws_secretsmanager_secret.settings.name
}

output "database_address" {
  description = "The primary, host and port."
  value       = aws_db_instance.primary.endpoint
}

output "database_admin_password" {
  description = "The password of the login postgres, which creates the product's login once."
  value       = random_password.database.result
  sensitive   = true
}

output "login_password" {
  description = "The password that the product's login must get."
  value       = random_password.login.result
  sensitive   = true
}

output "backup_bucket" {
  description = "Where `db backup` stores encrypted backups."
  value       = aws_s3_bucket.backups.id
}

output "address" {
  description = "The product's address."
  value       = "https://${var.domain}"
}
