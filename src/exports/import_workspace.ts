import { inArray, sql } from "drizzle-orm";
import { z } from "zod";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { memberships } from "../../db/control/schema/memberships.ts";
import { tenants } from "../../db/control/schema/tenants.ts";
import { users } from "../../db/control/schema/users.ts";
import { type MigratorTx, withMigrator } from "../../db/migration/migrator.ts";
import { claimReadySchema, provisionSchema } from "../../db/migration/provision.ts";
import { asOwner } from "../../db/tenant/owner.ts";
import type { SchemaName } from "../../db/tenant/schema_name.ts";
import type { UserId } from "../access/actor.ts";
import { authorize } from "../access/authorize.ts";
import { INVITATION } from "../access/emails.ts";
import { ROLES } from "../access/permissions.ts";
import { PLANS } from "../billing/plans.ts";
import type { SystemContext } from "../context.ts";
import { sendEmail } from "../email/email.ts";
import { DomainError, unavailable } from "../errors.ts";
import { publish } from "../events/publish.ts";
import { resolveInvitee } from "../identity/new_members.ts";
import { SIGN_INS } from "../identity/sign_in_caches.ts";
import { newUser } from "../identity/users.ts";
import { idSchema, newId } from "../platform/ids.ts";
import { parseInput } from "../platform/input.ts";
import { problem } from "../platform/problem.ts";
import { tenantChanges } from "../tenancy/lifecycle.ts";
import { TENANTS_MANAGE } from "../tenancy/permissions.ts";
import { subdomain } from "../tenancy/subdomains.ts";
import type { Tenant, TenantId } from "../tenancy/tenant.ts";
import { newTenant, rejectTakenSubdomain, takeSubdomain } from "../tenancy/tenants.ts";
import { TENANTS } from "../tenancy/tenant_directory.ts";
import { UPKEEP } from "../tenancy/upkeep.ts";
import { type ArchiveTable, archiveTables, isMembers } from "./archive_table.ts";
import { TENANT_IMPORTED } from "./events.ts";
import { type Arrival, arriving, insertRows, sharedId } from "./import_rows.ts";
import { FILE_NAME, type Manifest, PART_NAME } from "./manifest.ts";
import {
  type ArchiveRow,
  type OpenArchive,
  readVerified,
  refused,
  rowsOf,
  type SchemaVersions,
  verifyArchive,
} from "./read_archive.ts";
import { newestVersion } from "./write_archive.ts";

const IMPORT_CROWDED = problem("import_crowded", "No schema is ready for the workspace. Try again.");
const IMPORT_WITHOUT_OWNER = problem("import_without_owner", "The archive has no owner of the workspace.");
const IMPORT_REFUSED = problem(
  "import_refused",
  "The database refused rows of {table}. The archive is inconsistent, so nothing was imported.",
);

const CLAIM_ATTEMPTS = 5;

export const importOptions = z.object({
  subdomain: subdomain.optional(),
  plan: z.enum(PLANS).default("starter"),
  /** Whether people who had no account here get an invitation by email. */
  invite: z.boolean().default(false),
});

const memberRow = newUser.extend({
  id: idSchema<UserId>(),
  role: z.enum([...ROLES, "custom"]),
  custom_role_id: z.uuid().nullable(),
  joined_at: z.coerce.date(),
});

export type Imported = { tenant: Tenant; rows: number; created: number; joined: number };

/**
 * Creates a new workspace from an archive. Verifies the whole archive first, and then loads it in one transaction, so a failure leaves
 * nothing behind. People with an account join, and others get one without a password. Throws `invalid`.
 */
export async function importWorkspace(
  ctx: SystemContext,
  open: OpenArchive,
  options: z.output<typeof importOptions>,
): Promise<Imported> {
  authorize(ctx, TENANTS_MANAGE);
  const tables = archiveTables(ctx.services.tenantTables);
  const manifest = await verifyArchive(open, tables, await versionsHere());
  const input = parseInput(newTenant, {
    name: manifest.workspace.name,
    subdomain: options.subdomain ?? manifest.workspace.subdomain,
    plan: options.plan,
  });
  for (let attempt = 0; attempt < CLAIM_ATTEMPTS; attempt++) {
    const loaded = await withMigrator(
      ctx.services.db,
      async (tx) => await load(ctx, tx, { open, manifest, tables, input, invite: options.invite }),
      { use: "migration" },
    );
    ctx.services.use(UPKEEP).wake();
    if (!loaded) {
      await provisionSchema(ctx.services.db);
      continue;
    }
    for (const id of loaded.people) ctx.services.use(SIGN_INS).forgetWorkspaces(id);
    const tenant = (await ctx.services.use(TENANTS).findById(loaded.id))!;
    const { created, joined } = loaded;
    return { tenant, created, joined, rows: manifest.tables.reduce((sum, { rows }) => sum + rows, 0) };
  }
  throw unavailable(IMPORT_CROWDED);
}

async function versionsHere(): Promise<SchemaVersions> {
  return { control: await newestVersion("control"), tenant: await newestVersion("tenant") };
}

type Load = {
  open: OpenArchive;
  manifest: Manifest;
  tables: readonly ArchiveTable[];
  input: z.output<typeof newTenant>;
  invite: boolean;
};

/** Returns null if no schema is ready. */
async function load(ctx: SystemContext, tx: MigratorTx, archive: Load) {
  const { manifest, input } = archive;
  const control = tx as unknown as ControlTx; // the login that migrates may do all that the application's may
  const now = ctx.services.clock.now();
  const schema = await claimReadySchema(control, now);
  if (!schema) return null;
  const [original] = await tx.select({ id: tenants.id }).from(tenants)
    .where(sql`${tenants.id} = ${manifest.workspace.id}`);
  const tenantId = newId<TenantId>();
  await createRow(control, archive, tenantId, schema, now);
  const arrival: Arrival = {
    tenantId,
    people: new Map(),
    members: new Set(),
    hasOriginal: original !== undefined,
  };
  const created = await loadRows(ctx, tx, archive, arrival, schema);
  const owners = await tx.$count(
    memberships,
    sql`${memberships.tenantId} = ${tenantId} and ${memberships.role} = 'owner'`,
  );
  if (owners === 0) throw refused(IMPORT_WITHOUT_OWNER);
  if (archive.invite) {
    for (const userId of created) {
      await sendEmail(ctx, control, INVITATION, { userId, inviterName: null }, { tenantId });
    }
  }
  await publish(ctx, tx, TENANT_IMPORTED, {
    after: { id: tenantId, name: input.name },
    details: { exported_at: manifest.created_at, from_id: manifest.workspace.id },
    schema,
  });
  const people = [...arrival.members].map((id) => arrival.people.get(id) ?? id as UserId);
  return { id: tenantId, people, created: created.length, joined: people.length - created.length };
}

async function createRow(
  tx: ControlTx,
  { manifest: { workspace }, input }: Load,
  id: TenantId,
  schemaName: SchemaName,
  now: Date,
): Promise<void> {
  const { brand_color, api_origins } = workspace;
  const settings = parseInput(tenantChanges.pick({ brandColor: true, apiOrigins: true }), {
    brandColor: brand_color,
    apiOrigins: api_origins,
  });
  const row = {
    ...input,
    ...settings,
    id,
    schemaName,
    logoVersion: workspace.logo_version,
    timeZones: workspace.time_zones,
    secondFactorFrom: workspace.second_factor_from === null ? null : new Date(workspace.second_factor_from),
    createdAt: new Date(workspace.created_at),
    updatedAt: now,
  };
  await rejectTakenSubdomain(() => tx.insert(tenants).values(row));
  await takeSubdomain(tx, id, input.subdomain, now);
}

/** Loads all parts in the archive's order, which is the order of `tables`. Returns the people who got an account. */
async function loadRows(
  ctx: SystemContext,
  tx: MigratorTx,
  { open, manifest, tables }: Load,
  arrival: Arrival,
  schema: SchemaName,
): Promise<UserId[]> {
  const created: UserId[] = [];
  const files = new Map<string, Uint8Array>();
  const loadPart = async (name: string, bytes: Uint8Array) => {
    const { area, table: tableName } = PART_NAME.exec(name)!.groups!;
    const table = tables.find((each) => each.area === area && each.name === tableName)!;
    const { columns } = manifest.tables.find((each) => each.area === area && each.name === tableName)!;
    try {
      if (isMembers(table)) {
        return void created.push(...await addMembers(ctx, tx, rowsOf(bytes).rows, arrival));
      }
      await insertRows(tx, table, columns, arriving(ctx, table, bytes, arrival, files), arrival);
      if (area === "workspace") files.clear();
    } catch (error) {
      throw error instanceof DomainError ? error : refusedRows(error, `${area}/${tableName}`);
    }
  };
  const rest = readVerified(open, manifest);
  let next = await rest.next();
  for (; !next.done && isShared(next.value.name); next = await rest.next()) {
    await loadPart(next.value.name, next.value.bytes);
  }
  await asOwner(tx, schema, async () => {
    for (; !next.done; next = await rest.next()) {
      const { name, bytes } = next.value;
      if (FILE_NAME.test(name)) files.set(name, bytes);
      else await loadPart(name, bytes);
    }
  });
  return created;
}

function isShared(name: string): boolean {
  return /^(control|stream)\//.test(name);
}

/** Adds everyone as a member with their role. Returns those who had no account. */
async function addMembers(
  ctx: SystemContext,
  tx: MigratorTx,
  rows: ArchiveRow[],
  arrival: Arrival,
): Promise<UserId[]> {
  const people = rows.map((row) => memberRow.parse(row));
  const control = tx as unknown as ControlTx;
  const known = await tx.select({ email: users.email }).from(users)
    .where(inArray(users.email, people.map(({ email }) => email)));
  const emails = new Set(known.map(({ email }) => email));
  const now = ctx.services.clock.now();
  const created: UserId[] = [];
  for (const { id, email, name, role, custom_role_id, joined_at } of people) {
    // The same id as before, if nobody has it.
    if (!emails.has(email)) {
      await tx.insert(users).values({ id, email, name, createdAt: now, updatedAt: now })
        .onConflictDoNothing();
    }
    const user = await resolveInvitee(ctx, control, { email, name });
    if (!emails.has(email)) created.push(user.id);
    if (user.id !== id) arrival.people.set(id, user.id);
    arrival.members.add(id);
    await tx.insert(memberships).values({
      id: newId(),
      tenantId: arrival.tenantId,
      userId: user.id,
      role,
      customRoleId: custom_role_id && sharedId(arrival, custom_role_id),
      createdAt: joined_at,
    });
  }
  return created;
}

function refusedRows(error: unknown, table: string): Error {
  const cause = error instanceof Error && error.cause ? error.cause : error;
  const isOfData = error instanceof z.ZodError ||
    (cause instanceof Error && "code" in cause && /^(22|23)/.test(String(cause.code)));
  return isOfData ? refused(IMPORT_REFUSED.with({ table })) : error as Error;
}
