variable "domain" {
  description = "The apex, such as example.com. Its hosted zone must exist in Route 53."
  type        = string
  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$", var.domain))
    error_message = "Must be a host name in lowercase, without https:// and without a path."
  }
}

variable "environment" {
  description = "Part of every name, and of the secret denizen/<environment>."
  type        = string
  default     = "production"
  validation {
    condition     = contains(["production", "staging"], var.environment)
    error_message = "Must be production or staging."
  }
}

variable "region" {
  description = "The AWS region of everything."
  type        = string
  default     = "eu-central-1"
  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "Must be a region such as eu-central-1."
  }
}

variable "network" {
  description = "The private range of the network, a /16."
  type        = string
  default     = "10.20.0.0/16"
  validation {
    condition     = can(cidrhost(var.network, 0)) && endswith(var.network, "/16") && startswith(var.network, "10.")
    error_message = "Must be a /16 within 10.0.0.0/8, which TRUSTED_PROXIES covers."
  }
}

variable "cluster_access" {
  description = "Address ranges that may reach the cluster's API, such as an office or a VPN."
  type        = list(string)
  validation {
    condition     = length(var.cluster_access) > 0 && !contains(var.cluster_access, "0.0.0.0/0") && alltrue([for range in var.cluster_access : can(cidrhost(range, 0))])
    error_message = "Must be CIDR ranges, and not the whole internet."
  }
}

variable "kubernetes_version" {
  description = "The cluster's version. EKS upgrades by one minor version at a time."
  type        = string
  default     = "1.36"
  validation {
    condition     = can(regex("^1\\.[0-9]{2}$", var.kubernetes_version)) && tonumber(split(".", var.kubernetes_version)[1]) >= 33
    error_message = "Must be 1.33 or later, which supports preStop sleeps."
  }
}

variable "nodes" {
  description = "The machines of the cluster."
  type        = object({ type = string, min = number, max = number })
  default     = { type = "m7g.large", min = 2, max = 6 }
  validation {
    condition     = var.nodes.min >= 1 && var.nodes.max >= var.nodes.min
    error_message = "min must be at least 1, and max at least min."
  }
}

variable "postgres_version" {
  description = "The major version of PostgreSQL. Raising it needs allow_major_upgrade."
  type        = number
  default     = 17
  validation {
    condition     = contains([15, 16, 17, 18], var.postgres_version)
    error_message = "Must be 15, 16, 17 or 18."
  }
}

variable "allow_major_upgrade" {
  description = "Set it to true, apply with a higher postgres_version, and set it back. The upgrade interrupts the database."
  type        = bool
  default     = false
}

variable "database" {
  description = "The database's machine, its disk in GB, and how many days back it can be restored."
  type        = object({ class = string, storage = number, max_storage = number, backup_days = number })
  default     = { class = "db.m7g.large", storage = 100, max_storage = 1000, backup_days = 14 }
  validation {
    condition     = var.database.storage >= 20 && var.database.max_storage > var.database.storage && var.database.backup_days >= 1 && var.database.backup_days <= 35
    error_message = "storage must be at least 20, max_storage above it, and backup_days from 1 to 35."
  }
}

variable "replica" {
  description = "Whether reports are read from a replica (DATABASE_REPLICA_URL)."
  type        = bool
  default     = true
}

variable "backup_age_recipient" {
  description = "The public key that backups are encrypted for. `age-keygen` prints it; keep its private key elsewhere."
  type        = string
  validation {
    condition     = can(regex("^age1[02-9ac-hj-np-z]{58}$", var.backup_age_recipient))
    error_message = "Must be a public key of age, which starts with age1."
  }
}

variable "cache_class" {
  description = "The machine of the cache that counts rate limits."
  type        = string
  default     = "cache.t4g.small"
  validation {
    condition     = startswith(var.cache_class, "cache.")
    error_message = "Must be a class such as cache.t4g.small."
  }
}
