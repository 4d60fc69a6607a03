import { and, eq, inArray } from "drizzle-orm";
import { z } from "zod";
import { invitations } from "../../db/control/schema/invitations.ts";
import { memberships } from "../../db/control/schema/memberships.ts";
import { users } from "../../db/control/schema/users.ts";
import type { TenantContext } from "../context.ts";
import { invalid } from "../errors.ts";
import { type CsvRow, parseCsv } from "../platform/csv.ts";
import { fieldProblems } from "../platform/input.ts";
import { type Problem, problem } from "../platform/problem.ts";
import { authorize } from "./authorize.ts";
import { requireConfirmedEmail } from "./confirmed_email.ts";
import { ROLE_TOO_HIGH } from "./granting.ts";
import { inviteAll, newInvitation } from "./invitations.ts";
import { MEMBERS_MANAGE } from "./members.ts";
import { type ListedRole, listGrantableRoles, listRoles, ROLE_UNKNOWN } from "./roles.ts";

const CSV_EMPTY = problem("csv_empty", "Enter at least one email address.");
const CSV_TOO_LONG = problem("csv_too_long", "Invite {maximum} people at a time at most.");
const LISTED_TWICE = problem("address_listed_twice", "This address is already on line {line}.");

const NEW_EMAIL = newInvitation.pick({ email: true });
const DEFAULT_ROLE = "member";
const MAX_LINES = 200;
const MAX_LENGTH = 100_000;

/** One person a line: `email,role`. A heading may name the columns in another order. Without a role, the person is a member. */
export const csvInvitations = z.object({
  csv: z.string().max(MAX_LENGTH, CSV_TOO_LONG.code),
  dryRun: z.boolean().default(false),
});

/** `again`: the address has an open invitation, which this one replaces. `member`: the person is one already. */
export type CsvLineStatus = "new" | "again" | "member" | "error";

export type CsvLine = {
  line: number;
  email: string;
  /** As it stands on the list, in lowercase. `member` if the list names none. */
  role: string;
  status: CsvLineStatus;
  /** Null unless the status is `error`. */
  problem: Problem | null;
};

/** `sent` is zero in a dry run, and if any line has an error. */
export type CsvReport = { lines: CsvLine[]; sent: number };

/**
 * Invites everyone on a list, or nobody if a line has an error. Members on the list are left out. Throws `invalid` on `csv`, and
 * the errors of `invite`.
 */
export async function inviteByCsv(
  ctx: TenantContext,
  { csv, dryRun }: z.output<typeof csvInvitations>,
): Promise<CsvReport> {
  authorize(ctx, MEMBERS_MANAGE);
  await requireConfirmedEmail(ctx);
  const rows = peopleIn(csv);
  if (rows.length === 0) throw invalid({ csv: CSV_EMPTY });
  if (rows.length > MAX_LINES) throw invalid({ csv: CSV_TOO_LONG.with({ maximum: MAX_LINES }) });
  const roles = await rolesOf(ctx, rows);
  const lines = await withStatuses(ctx, readLines(rows, roles));
  const wanted = lines.filter(({ status }) => status === "new" || status === "again");
  if (dryRun || wanted.length === 0 || lines.some(({ status }) => status === "error")) {
    return { lines, sent: 0 };
  }
  const invitations = wanted.map(({ email, role }) => ({ email, role: roles.get(role) as string }));
  return await inviteAll(ctx, invitations, () => ({ lines, sent: wanted.length }));
}

type PersonRow = { line: number; email: string; role: string };

/** The rows below the heading, if there is one. */
function peopleIn(csv: string): PersonRow[] {
  const rows = parseCsv(csv).filter(({ cells }) => cells.some((cell) => cell.trim() !== ""));
  const heading = rows[0]?.cells.map((cell) => cell.trim().toLowerCase()) ?? [];
  const hasHeading = heading.includes("email");
  const [email, role] = hasHeading ? [heading.indexOf("email"), heading.indexOf("role")] : [0, 1];
  const cellOf = ({ cells }: CsvRow, column: number) => cells[column]?.trim() ?? "";
  return (hasHeading ? rows.slice(1) : rows).map((row) => ({
    line: row.line,
    email: cellOf(row, email),
    role: cellOf(row, role).toLowerCase(),
  }));
}

/** The id of each role that the list names, or what is wrong with the role. Roles of the tenant's own go by name or id. */
async function rolesOf(ctx: TenantContext, rows: PersonRow[]): Promise<Map<string, string | Problem>> {
  const [all, grantable] = [await listRoles(ctx), await listGrantableRoles(ctx)];
  return new Map(rows.map(({ role }) => {
    const wanted = role || DEFAULT_ROLE;
    const isWanted = ({ id, name }: ListedRole) => id === wanted || name.toLowerCase() === wanted;
    const refusal = all.some(isWanted) ? ROLE_TOO_HIGH : ROLE_UNKNOWN;
    return [wanted, grantable.find(isWanted)?.id ?? refusal];
  }));
}

function readLines(rows: PersonRow[], roles: Map<string, string | Problem>): CsvLine[] {
  const lineOf = new Map<string, number>();
  return rows.map(({ line, email, role }) => {
    const parsed = NEW_EMAIL.safeParse({ email });
    if (!parsed.success) {
      const [first] = Object.values(fieldProblems(parsed.error));
      return { line, email, role, status: "error", problem: first! };
    }
    const person = { line, role: role || DEFAULT_ROLE, ...parsed.data };
    const granted = roles.get(person.role)!;
    if (typeof granted !== "string") return refused(person, granted);
    const twice = lineOf.get(person.email);
    if (twice !== undefined) return refused(person, LISTED_TWICE.with({ line: twice }));
    lineOf.set(person.email, line);
    return { ...person, status: "new", problem: null };
  });
}

function refused(person: PersonRow, problem: Problem): CsvLine {
  return { ...person, status: "error", problem };
}

async function withStatuses({ tenant, services }: TenantContext, lines: CsvLine[]): Promise<CsvLine[]> {
  const { control } = services.db;
  const addresses = lines.map(({ email }) => email);
  const [members, invited] = await Promise.all([
    control.select({ email: users.email }).from(memberships)
      .innerJoin(users, eq(users.id, memberships.userId))
      .where(and(eq(memberships.tenantId, tenant.id), inArray(users.email, addresses))),
    control.select({ email: invitations.email }).from(invitations)
      .where(and(eq(invitations.tenantId, tenant.id), inArray(invitations.email, addresses))),
  ]);
  const [isMember, isInvited] = [setOf(members), setOf(invited)];
  return lines.map((line) => {
    if (line.status === "error") return line;
    if (isMember.has(line.email)) return { ...line, status: "member" };
    return isInvited.has(line.email) ? { ...line, status: "again" } : line;
  });
}

function setOf(rows: { email: string }[]): Set<string> {
  return new Set(rows.map(({ email }) => email));
}
