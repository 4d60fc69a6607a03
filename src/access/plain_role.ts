import { isPlainName } from "../email/plain_names.ts";
import { type MemberRole, nameOfRole } from "./permissions.ts";

/** The role's name, or `member` if the name could pass for a link or an address. */
export function plainRole(role: MemberRole): string {
  const name = nameOfRole(role);
  return isPlainName(name) ? name : "member";
}
