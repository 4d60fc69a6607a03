output "address" {
  description = "The machine's address, for the A records of the apex and of its wildcard."
  value       = hcloud_server.machine.ipv4_address
}

output "ssh_command" {
  description = "Opens a shell on the machine."
  value       = "ssh root@${hcloud_server.machine.ipv4_address}"
}
