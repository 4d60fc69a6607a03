/** Schema `control`: what is not a tenant's own. Only the application's login role sees it. */
import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  index,
  integer,
  jsonb,
  pgSchema,
  primaryKey,
  smallint,
  text,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";

export const control = pgSchema("control");

const moment = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

export const users = control.table("users", {
  id: uuid("id").primaryKey(),
  /** Lower case, trimmed: one address, one user. */
  email: text("email").notNull().unique(),
  /** When the person showed that mail to the address reaches them; null until then. */
  emailVerifiedAt: moment("email_verified_at"),
  name: text("name").notNull(),
  /** PHC string of Argon2id; null until the person sets a password by a one-time link. */
  passwordHash: text("password_hash"),
  isPlatformAdmin: boolean("is_platform_admin").notNull().default(false),
  createdAt: moment("created_at").notNull(),
  updatedAt: moment("updated_at").notNull(),
});

export const tenants = control.table("tenants", {
  id: uuid("id").primaryKey(),
  name: text("name").notNull(),
  subdomain: text("subdomain").notNull().unique(),
  schemaName: text("schema_name").notNull().unique(),
  plan: text("plan", { enum: ["starter", "team", "premium", "enterprise"] }).notNull(),
  /** `deleting`: gone for everyone, and being removed for good. */
  status: text("status", { enum: ["active", "suspended", "deleting"] }).notNull().default("active"),
  suspendedAt: moment("suspended_at"),
  suspensionReason: text("suspension_reason"),
  /** When it will be deleted, if that is scheduled. */
  deletionDueAt: moment("deletion_due_at"),
  /** The look of its emails: `#rrggbb`, and an https address. Null: the product's own. */
  brandColor: text("brand_color"),
  logoUrl: text("logo_url"),
  /** The person who created it for themselves; null where the platform did, or where nobody noted it. */
  createdBy: uuid("created_by").references(() => users.id, { onDelete: "set null" }),
  createdAt: moment("created_at").notNull(),
  updatedAt: moment("updated_at").notNull(),
}, (table) => [
  index("tenants_created").on(table.createdAt, table.id),
  index("tenants_created_by").on(table.createdBy).where(sql`${table.createdBy} is not null`),
  index("tenants_deletion_due").on(table.deletionDueAt).where(sql`${table.deletionDueAt} is not null`),
]);

/**
 * Every name that leads to a tenant: the one it has, and those it had, which redirect until they expire. One table for
 * both, so that its primary key is what keeps a name from being taken twice.
 */
export const subdomains = control.table("subdomains", {
  name: text("name").primaryKey(),
  tenantId: uuid("tenant_id").notNull().references(() => tenants.id, { onDelete: "cascade" }),
  /** Null for the name that the tenant has now. */
  expiresAt: moment("expires_at"),
}, (table) => [index("subdomains_tenant").on(table.tenantId)]);

/**
 * The ledger of all tenants' schemas, those included that wait for a tenant. `version` is the newest migration a schema
 * has had; `checksum` covers that migration and all before it.
 */
export const tenantSchemas = control.table("tenant_schemas", {
  name: text("name").primaryKey(),
  version: text("version").notNull(),
  checksum: text("checksum").notNull(),
  migratedAt: moment("migrated_at").notNull(),
  /** When it became a tenant's; null while it is ready to be. */
  claimedAt: moment("claimed_at"),
  /** Why its last migration failed, and when; null once one has succeeded. */
  failure: text("failure"),
  failedAt: moment("failed_at"),
}, (table) => [index("tenant_schemas_ready").on(table.name).where(sql`${table.claimedAt} is null`)]);

/** Roles that wait, made and granted, for the next schemas. See db/ready_roles.ts. */
export const readyRoles = control.table("ready_roles", { name: text("name").primaryKey() });

/**
 * Roles of deleted tenants that another database of the same server still uses, such as a restored copy. Upkeep drops them
 * once it doesn't.
 */
export const droppedRoles = control.table("dropped_roles", { name: text("name").primaryKey() });

export const memberships = control.table("memberships", {
  id: uuid("id").primaryKey(),
  tenantId: uuid("tenant_id").notNull().references(() => tenants.id, { onDelete: "cascade" }),
  userId: uuid("user_id").notNull().references(() => users.id, { onDelete: "cascade" }),
  role: text("role", { enum: ["owner", "admin", "member", "viewer"] }).notNull(),
  createdAt: moment("created_at").notNull(),
}, (table) => [
  unique("memberships_tenant_user").on(table.tenantId, table.userId),
  index("memberships_user").on(table.userId),
]);

/** A browser's session on one host: the apex (no tenant), or one tenant's. */
export const sessions = control.table("sessions", {
  id: uuid("id").primaryKey(),
  tokenHash: text("token_hash").notNull().unique(),
  /** Shared by all sessions that one sign-in led to: the apex's, and those that handoffs opened from it. */
  signInId: uuid("sign_in_id").notNull(),
  userId: uuid("user_id").notNull().references(() => users.id, { onDelete: "cascade" }),
  tenantId: uuid("tenant_id").references(() => tenants.id, { onDelete: "cascade" }),
  remember: boolean("remember").notNull(),
  ipAddress: text("ip_address").notNull(),
  userAgent: text("user_agent").notNull(),
  createdAt: moment("created_at").notNull(),
  lastSeenAt: moment("last_seen_at").notNull(),
  expiresAt: moment("expires_at").notNull(),
}, (table) => [
  index("sessions_user").on(table.userId),
  index("sessions_sign_in").on(table.signInId),
  index("sessions_expiry").on(table.expiresAt),
]);

/** Secrets that open one door once: each is bound to its purpose, its user and, where there is one, its tenant. */
export const oneTimeTokens = control.table("one_time_tokens", {
  id: uuid("id").primaryKey(),
  tokenHash: text("token_hash").notNull().unique(),
  purpose: text("purpose", { enum: ["handoff", "set_password", "verify_email"] }).notNull(),
  userId: uuid("user_id").notNull().references(() => users.id, { onDelete: "cascade" }),
  tenantId: uuid("tenant_id").references(() => tenants.id, { onDelete: "cascade" }),
  details: jsonb("details").$type<Record<string, unknown>>().notNull().default({}),
  createdAt: moment("created_at").notNull(),
  expiresAt: moment("expires_at").notNull(),
  usedAt: moment("used_at"),
}, (table) => [
  index("one_time_tokens_user").on(table.userId),
  index("one_time_tokens_expiry").on(table.expiresAt),
]);

/**
 * Sign-ups that wait for the code sent to their address (`SIGN_UP=verified`). Nothing else exists of them yet, and their subdomain
 * isn't reserved. The code isn't stored: it follows from the id and `APP_SECRET`.
 */
export const pendingSignUps = control.table("pending_sign_ups", {
  id: uuid("id").primaryKey(),
  /** SHA-256 of the secret that only the visitor's browser has. */
  tokenHash: text("token_hash").notNull().unique(),
  email: text("email").notNull(),
  name: text("name").notNull(),
  companyName: text("company_name").notNull(),
  subdomain: text("subdomain").notNull(),
  passwordHash: text("password_hash").notNull(),
  /** How many codes were entered. */
  attempts: smallint("attempts").notNull().default(0),
  createdAt: moment("created_at").notNull(),
  expiresAt: moment("expires_at").notNull(),
}, (table) => [
  index("pending_sign_ups_email").on(table.email, table.createdAt),
  index("pending_sign_ups_created").on(table.createdAt),
]);

/** API refresh tokens. Each is used once and replaced by the next of its family. */
export const refreshTokens = control.table("refresh_tokens", {
  id: uuid("id").primaryKey(),
  familyId: uuid("family_id").notNull(),
  /** The family of the account token that this one was exchanged for, and ends with. */
  parentFamilyId: uuid("parent_family_id"),
  tokenHash: text("token_hash").notNull().unique(),
  userId: uuid("user_id").notNull().references(() => users.id, { onDelete: "cascade" }),
  /** The only tenant that a tenant token opens; null for an account token. */
  tenantId: uuid("tenant_id").references(() => tenants.id, { onDelete: "cascade" }),
  createdAt: moment("created_at").notNull(),
  expiresAt: moment("expires_at").notNull(),
  usedAt: moment("used_at"),
  revokedAt: moment("revoked_at"),
}, (table) => [
  index("refresh_tokens_family").on(table.familyId),
  index("refresh_tokens_parent_family").on(table.parentFamilyId)
    .where(sql`${table.parentFamilyId} is not null`),
  index("refresh_tokens_user").on(table.userId),
  index("refresh_tokens_expiry").on(table.expiresAt),
]);

/** The keys that sign access tokens; the private half is encrypted under `APP_SECRET`. */
export const signingKeys = control.table("signing_keys", {
  id: text("id").primaryKey(),
  publicJwk: jsonb("public_jwk").$type<JsonWebKey>().notNull(),
  sealedPrivateJwk: text("sealed_private_jwk").notNull(),
  createdAt: moment("created_at").notNull(),
});

/** One row: what this installation has made in the server besides its schemas. */
export const installation = control.table("installation", {
  /** The role without login that owns all tenants' tables; it is taken on to make and to migrate them. */
  ownerRole: text("owner_role").primaryKey(),
  /** The application's login, which may act as every tenant's role. Empty until the first migration by this code. */
  login: text("login").notNull().default(""),
});

/** Rows to lock for what one transaction at a time may do. Any role could hold advisory locks. */
export const locks = control.table("locks", {
  name: text("name", { enum: ["audit_log", "dispatch", "signing_keys"] }).primaryKey(),
});

/** Which migrations this schema has had. */
export const controlMigrations = control.table("migrations", {
  version: text("version").primaryKey(),
  checksum: text("checksum").notNull(),
  appliedAt: moment("applied_at").notNull().defaultNow(),
});

/** Who did what to tenants and to the platform. See src/audit/audit_log.ts for the hashes. */
export const platformAuditLog = control.table("audit_log", {
  id: uuid("id").primaryKey(),
  sequence: bigint("sequence", { mode: "number" }).notNull().unique(),
  at: moment("at").notNull(),
  action: text("action").notNull(),
  actorId: uuid("actor_id"),
  actorName: text("actor_name"),
  subjectType: text("subject_type"),
  subjectId: uuid("subject_id"),
  subjectName: text("subject_name"),
  details: jsonb("details").$type<Record<string, unknown>>(),
  salt: text("salt"),
  contentHash: text("content_hash").notNull(),
  previousHash: text("previous_hash").notNull(),
  hash: text("hash").notNull(),
}, (table) => [index("audit_log_subject").on(table.subjectId, table.sequence)]);

/**
 * Every job, from the transaction that asked for it to some days after its end. The states, in their order: `waiting` for
 * its time, `ready`, `handed` to the engine, `running`; then `done`, or `failed` for people to look at, or `held` while its
 * tenant is suspended. jobs/ledger.ts moves a job from one to the next; back to `ready` it also comes when staff retry it
 * (src/jobs/job_list.ts), or when its tenant is resumed (src/jobs/outbox.ts).
 */
export const outbox = control.table("outbox", {
  id: uuid("id").primaryKey(),
  queue: text("queue").notNull(),
  name: text("name").notNull(),
  payload: jsonb("payload").$type<unknown>().notNull(),
  tenantId: uuid("tenant_id").references(() => tenants.id, { onDelete: "cascade" }),
  /** Jobs of one tenant stand in one line, and lines take turns; the platform's own jobs share the last line. */
  line: uuid("line").notNull().generatedAlwaysAs(
    sql`coalesce(tenant_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid)`,
  ),
  state: text("state", { enum: ["waiting", "ready", "handed", "running", "held", "done", "failed"] })
    .notNull(),
  /** From 0 on; the lowest goes first within its line. */
  priority: smallint("priority").notNull(),
  /** What it is the only job for, in its line, as long as its row is there. */
  key: text("key"),
  runAt: moment("run_at").notNull(),
  /** How often it was begun. */
  attempts: smallint("attempts").notNull().default(0),
  /** The handing-over it belongs to: a worker that comes with an older one is refused. */
  handId: uuid("hand_id"),
  /** The end of the worker's lease, by the database's clock. */
  leaseUntil: moment("lease_until"),
  /** Why the last attempt failed. */
  error: text("error"),
  createdAt: moment("created_at").notNull(),
  startedAt: moment("started_at"),
  endedAt: moment("ended_at"),
}, (table) => [
  uniqueIndex("outbox_key").on(table.line, table.key).where(sql`${table.key} is not null`),
  index("outbox_ready").on(table.queue, table.line, table.priority, table.runAt, table.id)
    .where(sql`${table.state} = 'ready'`),
  index("outbox_waiting").on(table.runAt).where(sql`${table.state} = 'waiting'`),
  index("outbox_under_way").on(table.queue, table.line).where(sql`${table.state} in ('handed', 'running')`),
  index("outbox_ended").on(table.state, table.endedAt, table.id)
    .where(sql`${table.state} in ('done', 'failed', 'held')`),
  index("outbox_resting").on(table.state, table.id).where(sql`${table.state} in ('failed', 'held')`),
  index("outbox_tenant").on(table.tenantId),
]);

/** The jobs that a tenant's role may enqueue; see src/jobs/job_types.ts. Migrations fill it. */
export const tenantJobs = control.table("tenant_jobs", {
  name: text("name").primaryKey(),
  queue: text("queue").notNull(),
});

/** How many attempts ended in each minute, and how: what the back office's figures are added up from. */
export const jobMinutes = control.table("job_minutes", {
  minute: moment("minute").notNull(),
  queue: text("queue").notNull(),
  done: integer("done").notNull().default(0),
  retried: integer("retried").notNull().default(0),
  failed: integer("failed").notNull().default(0),
}, (table) => [primaryKey({ columns: [table.minute, table.queue] })]);

/** The processes that run jobs now, and when each was last heard of, by the database's clock. */
export const jobWorkers = control.table("job_workers", {
  id: uuid("id").primaryKey(),
  engine: text("engine", { enum: ["kv", "postgres"] }).notNull(),
  seenAt: moment("seen_at").notNull(),
});

/** The last time that each schedule was due and its job enqueued. */
export const schedules = control.table("schedules", {
  name: text("name").primaryKey(),
  lastSlot: moment("last_slot").notNull(),
});
/** Which categories of mail a user doesn't want. What belongs to none is always sent. */
export const emailOptOuts = control.table("email_opt_outs", {
  userId: uuid("user_id").notNull().references(() => users.id, { onDelete: "cascade" }),
  category: text("category", { enum: ["usage_alerts", "reports"] }).notNull(),
  createdAt: moment("created_at").notNull(),
}, (table) => [primaryKey({ columns: [table.userId, table.category] })]);

/** Addresses that get no email: it bounced, was marked as spam, or staff added the address. */
export const suppressedAddresses = control.table("suppressed_addresses", {
  id: uuid("id").primaryKey(),
  /** Lower case. */
  address: text("address").notNull().unique(),
  reason: text("reason", { enum: ["bounce", "complaint", "manual"] }).notNull(),
  /** What the other side said, or a note. */
  detail: text("detail").notNull(),
  createdAt: moment("created_at").notNull(),
}, (table) => [index("suppressed_addresses_created").on(table.createdAt, table.id)]);

/** The newest emails, where no mail server is configured. Production has none. */
export const mailboxMessages = control.table("mailbox_messages", {
  id: uuid("id").primaryKey(),
  at: moment("at").notNull(),
  toName: text("to_name").notNull(),
  /** Lower case. */
  toAddress: text("to_address").notNull(),
  fromName: text("from_name").notNull(),
  fromAddress: text("from_address").notNull(),
  subject: text("subject").notNull(),
  html: text("html").notNull(),
  text: text("text").notNull(),
  headers: jsonb("headers").$type<Record<string, string>>().notNull(),
  tenantId: uuid("tenant_id").references(() => tenants.id, { onDelete: "cascade" }),
  /** Its kind, such as `invitation`. */
  message: text("message").notNull(),
}, (table) => [
  index("mailbox_messages_newest").on(table.at, table.id),
  index("mailbox_messages_to").on(table.toAddress, table.at, table.id),
  index("mailbox_messages_tenant").on(table.tenantId),
]);
