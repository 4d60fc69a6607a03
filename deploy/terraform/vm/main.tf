# One machine with Docker Compose: the product, PostgreSQL, Redis, and Caddy in front.
resource "hcloud_ssh_key" "admin" {
  name       = "denizen"
  public_key = var.ssh_key
}

resource "hcloud_firewall" "machine" {
  name = "denizen"
  rule {
    direction  = "in"
    protocol   = "tcp"
    port       = "22"
    source_ips = var.ssh_access
  }
  dynamic "rule" {
    for_each = ["80", "443"]
    content {
      direction  = "in"
      protocol   = "tcp"
      port       = rule.value
      source_ips = ["0.0.0.0/0", "::/0"]
    }
  }
}

resource "hcloud_server" "machine" {
  name         = "denizen"
  server_type  = var.machine.type
  location     = var.machine.location
  image        = "debian-13"
  ssh_keys     = [hcloud_ssh_key.admin.id]
  firewall_ids = [hcloud_firewall.machine.id]
  backups      = true
  user_data = templatefile("${path.module}/cloud_init.yaml", {
    domain     = var.domain
    repository = var.repository
    release    = var.release
    dns_token  = var.dns_token
  })
}
