variable "domain" {
  description = "The apex. Point it and its wildcard at the output `address`."
  type        = string
  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$", var.domain))
    error_message = "Must be a host name in lowercase, without https:// and without a path."
  }
}

variable "repository" {
  description = "Where the machine clones the product from, by https."
  type        = string
  validation {
    condition     = can(regex("^https://[\\w./-]+$", var.repository))
    error_message = "Must be an address such as https://github.com/acme/denizen."
  }
}

variable "release" {
  description = "The tag or branch to run."
  type        = string
  validation {
    condition     = can(regex("^[\\w.-]+$", var.release))
    error_message = "Must be a tag such as v1.2.3, or a branch."
  }
}

variable "dns_token" {
  description = "A token of the Hetzner Cloud project that has the domain's DNS zone. Caddy gets the wildcard certificate with it."
  type        = string
  sensitive   = true
  validation {
    condition     = can(regex("^[A-Za-z0-9]{32,}$", var.dns_token))
    error_message = "Must be a token of letters and digits."
  }
}

variable "ssh_key" {
  description = "The public SSH key of the administrator."
  type        = string
  validation {
    condition     = startswith(var.ssh_key, "ssh-ed25519 ") || startswith(var.ssh_key, "ssh-rsa ")
    error_message = "Must be a public key, which starts with ssh-ed25519 or ssh-rsa."
  }
}

variable "ssh_access" {
  description = "Address ranges that may reach SSH."
  type        = list(string)
  validation {
    condition     = length(var.ssh_access) > 0 && !contains(var.ssh_access, "0.0.0.0/0")
    error_message = "Must be CIDR ranges, and not the whole internet."
  }
}

variable "machine" {
  description = "The kind of machine and its location."
  type        = object({ type = string, location = string })
  default     = { type = "cx32", location = "fsn1" }
}
