import type { Role } from "../../../src/access/permissions.ts";

export type MemberQuery = { search: string; role: "all" | Role; sort: string };

/** The choices of the sort menu; the first is what the list starts with. */
export const SORT_OPTIONS = [
  { value: "name", label: "Name, A to Z" },
  { value: "-name", label: "Name, Z to A" },
  { value: "-joined_at", label: "Joined, newest first" },
  { value: "joined_at", label: "Joined, oldest first" },
] as const;

/** The address of the list, without what is the default. */
export function teamHref({ search, role, sort }: MemberQuery, cursor?: string): string {
  const parameters = new URLSearchParams();
  if (search) parameters.set("search", search);
  if (role !== "all") parameters.set("role", role);
  if (sort !== SORT_OPTIONS[0].value) parameters.set("sort", sort);
  if (cursor) parameters.set("cursor", cursor);
  return parameters.size > 0 ? `/team?${parameters}` : "/team";
}
