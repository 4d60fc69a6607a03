import { and, eq, isNull, sql } from "drizzle-orm";
import {
  connect,
  type ConnectOptions,
  type Database,
  type DatabaseAddress,
} from "../../db/connection/connect.ts";
import { runScript } from "../../db/connection/transaction.ts";
import { installation, tenantSchemas } from "../../db/control/schema/installation.ts";
import { memberships } from "../../db/control/schema/memberships.ts";
import { outbox } from "../../db/control/schema/outbox.ts";
import { dropSchema } from "../../db/migration/drop_schema.ts";
import { readInstallation, withMigrator } from "../../db/migration/migrator.ts";
import { parseSchemaName } from "../../db/tenant/schema_name.ts";
import { createApp } from "../../routes/app.ts";
import { type Authentication, memberActor, systemActor } from "../../src/access/actor.ts";
import { addMember } from "../../src/access/members.ts";
import type { MemberRole } from "../../src/access/permissions.ts";
import type { PlanKey } from "../../src/billing/plans.ts";
import { SERIES } from "../../src/analytics/series.ts";
import { type Config, parseConfig } from "../../src/config.ts";
import { type MemberContext, type SystemContext, systemContext, tenantContext } from "../../src/context.ts";
import { OPEN_STREAMS } from "../../src/event_stream/open_streams.ts";
import { startFamily } from "../../src/identity/api_sign_in.ts";
import { createPasswordLink } from "../../src/identity/emailed_links.ts";
import { createHandoff } from "../../src/identity/handoffs.ts";
import { hashPassword } from "../../src/identity/passwords.ts";
import { startCheckedSession } from "../../src/identity/sign_in.ts";
import { SIGN_INS } from "../../src/identity/sign_in_caches.ts";
import { SIGNING_KEYS } from "../../src/identity/signing_keys.ts";
import {
  findOrCreateUser,
  findUserByEmail,
  makePlatformAdmin,
  setPasswordHash,
  type User,
} from "../../src/identity/users.ts";
import { LIVE_FEEDS } from "../../src/notifications/live_feeds.ts";
import { MINUTE } from "../../src/platform/clock.ts";
import { newId } from "../../src/platform/ids.ts";
import type { Services } from "../../src/ports.ts";
import { createProject } from "../../src/projects/projects.ts";
import { buildServices } from "../../src/services.ts";
import { WELCOME } from "../../src/tenancy/emails.ts";
import type { Tenant, TenantId } from "../../src/tenancy/tenant.ts";
import { TENANTS } from "../../src/tenancy/tenant_directory.ts";
import { createTenant, newTenant } from "../../src/tenancy/tenants.ts";
import { UPKEEP } from "../../src/tenancy/upkeep.ts";
import { Browser } from "./browser.ts";
import { ManualClock } from "./clock.ts";
import { openTestDatabase, type TestDatabase } from "./database.ts";
import { PATIENCE } from "./patience.ts";
import { type ApiAnswer, type ApiCall, callApi, type RawAnswer, send } from "./http.ts";

/** Every user's password in the tests. Hashed once per process, because Argon2id is slow on purpose. */
export const PASSWORD = "correct horse battery";
let passwordHash: Promise<string> | undefined;

/** An email in `/dev/mailbox.json`. */
export type MailboxJson = {
  id: string;
  channel: string;
  to: string;
  from_name: string;
  subject: string;
  html: string;
  text: string;
  headers: Record<string, string>;
  links: string[];
  message: string;
  tenant_id: string | null;
};

/** Replaces the second step of staff, which only its own tests go through. */
const SIGN_INS_WITH_SECOND_FACTOR = `
  create or replace function control.enter_second_factor() returns trigger language plpgsql as $$ begin
    if (select is_platform_admin from control.users where id = new.user_id) then
      new.methods := array['password', 'totp'];
    end if;
    return new;
  end $$;
  create or replace trigger enter_second_factor before insert on control.sessions
    for each row execute function control.enter_second_factor()`;

export type Company = { tenant: Tenant; owner: User; ctx: MemberContext };

type WorldOptions =
  & Pick<ConnectOptions, "connections" | "lanes" | "answerWithin" | "waitMilliseconds" | "now">
  & {
    /** How the product connects to its database. */
    through?: (address: DatabaseAddress) => DatabaseAddress | Promise<DatabaseAddress>;
    /** Whether the test drops the roles of its database. */
    ownRoles?: boolean;
    /** Whether schemas may be ready for the first companies. False for tests that count schemas. */
    readySchemas?: boolean;
  };

/** The running product: a server on its own port, with its own database and clock. */
export class World implements AsyncDisposable {
  readonly config: Config;
  readonly services: Services;
  readonly clock: ManualClock;
  readonly system: SystemContext;
  readonly port: number;
  readonly #database: TestDatabase;
  readonly #close: () => Promise<void>;

  private constructor(
    parts: {
      services: Services;
      clock: ManualClock;
      port: number;
      database: TestDatabase;
      close: () => Promise<void>;
    },
  ) {
    this.services = parts.services;
    this.config = parts.services.config;
    this.clock = parts.clock;
    this.port = parts.port;
    this.system = systemContext(parts.services, systemActor("test"), newId());
    this.#database = parts.database;
    this.#close = parts.close;
  }

  static async open(
    variables: Record<string, string> = {},
    { through = (address) => address, ownRoles, readySchemas = true, ...options }: WorldOptions = {},
  ): Promise<World> {
    let handler: Deno.ServeHandler = () => new Response(null, { status: 503 });
    const server = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen: () => {} },
      (request, info) => handler(request, info),
    );
    const { port } = server.addr;
    // Tests have different clocks, so cleanup in one would delete what another has just written.
    const folder = await Deno.makeTempDir({ prefix: "denizen-" });
    const config = parseConfig({
      DENO_ENV: "test",
      PORT: String(port),
      TENANT_POOL_SIZE: "0",
      DATA_DIR: folder,
      ...variables,
    });
    const clock = new ManualClock();
    const database = await openTestDatabase({ ownRoles });
    const address = await through(database.address);
    const db = connect(address, { waitMilliseconds: PATIENCE, ...options, pooler: database.pooler });
    const closeDatabase = async () => {
      await db.close();
      await database.close();
    };
    if (!readySchemas) await dropReadySchemas(db);
    const services = await buildServices(config, clock, db, closeDatabase);
    const app = await createApp(services);
    handler = app.fetch;
    const close = async () => {
      await services.use(OPEN_STREAMS).close();
      await services.use(LIVE_FEEDS).close();
      await server.shutdown();
      await services.close();
      await Deno.remove(folder, { recursive: true });
    };
    return new World({ services, clock, port, database, close });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
  }

  /** Closes the world and ends a script, which the database that is kept for a next world would keep running. */
  async endProcess(): Promise<never> {
    await this.#close();
    Deno.exit();
  }

  /** A company with its owner, created without a browser and without a welcome email. */
  async company(
    subdomain: string,
    name = `${subdomain} Ltd`,
    ownedBy?: User,
    plan: PlanKey = "premium",
  ): Promise<Company> {
    const owner = ownedBy ?? await this.user(`owner@${subdomain}.example`, `Owner of ${name}`);
    const wanted = newTenant.parse({ name, subdomain, plan });
    const tenant = await createTenant(this.system, wanted, () => Promise.resolve(owner));
    const { control } = this.system;
    await control.delete(outbox).where(
      and(eq(outbox.tenantId, tenant.id), eq(outbox.name, WELCOME.job.name)),
    );
    return { tenant, owner, ctx: this.acting(tenant, owner, "owner") };
  }

  /** A user with a confirmed address. */
  user(email: string, name?: string): Promise<User> {
    return this.#account(email, name, this.clock.now());
  }

  /** A user with an unconfirmed address, perhaps a stranger. */
  unconfirmedUser(email: string, name?: string): Promise<User> {
    return this.#account(email, name);
  }

  async #account(email: string, name = email.split("@")[0]!, emailVerifiedAt?: Date): Promise<User> {
    passwordHash ??= hashPassword(PASSWORD);
    const account = { email, name, passwordHash: await passwordHash, emailVerifiedAt };
    return (await findOrCreateUser(this.system, this.system.control, account)).user;
  }

  /** A member of the platform's staff, who counts as having entered a second factor at each sign-in. */
  async staff(email: string, name?: string): Promise<User> {
    const user = await this.newStaff(email, name);
    await withMigrator(this.services.db, (tx) => runScript(tx, SIGN_INS_WITH_SECOND_FACTOR));
    return user;
  }

  /** A member of the platform's staff who hasn't set up a second factor. */
  async newStaff(email: string, name?: string): Promise<User> {
    const user = await this.user(email, name);
    await makePlatformAdmin(this.system, this.system.control, user.id);
    return user;
  }

  async member(company: Company, email: string, role: MemberRole): Promise<User> {
    const user = await this.user(email);
    const membership = { tenantId: company.tenant.id, userId: user.id, role };
    await this.system.tx((tx) => addMember(this.system, tx, membership));
    this.services.use(SIGN_INS).forgetMember(membership.tenantId, membership.userId);
    return user;
  }

  acting(tenant: Tenant, user: User, role: MemberRole): MemberContext {
    const actor = memberActor({ ...user, authentication: this.#justProven() }, tenant.id, role);
    return tenantContext(this.services, tenant, actor, newId());
  }

  /** A sign-in that is always recent, with a second factor. */
  #justProven(): Authentication {
    const { clock } = this;
    return {
      methods: ["password", "totp"],
      signInId: newId(),
      get at() {
        return clock.now();
      },
    };
  }

  async removeMember({ tenant }: Company, user: User): Promise<void> {
    const { control } = this.system;
    await control.delete(memberships).where(
      and(eq(memberships.tenantId, tenant.id), eq(memberships.userId, user.id)),
    );
    this.services.use(SIGN_INS).forgetUser(user.id);
  }

  /** Calls of the company's API on a day, counted before. */
  async apiCalls({ tenant }: Company, day: string, calls: number): Promise<void> {
    await this.system.control.execute(sql`select stream.add_api_usage(
      array[${tenant.id}]::uuid[], array[${day}]::date[], array[${calls}]::bigint[])`);
    this.services.use(SERIES).delete(tenant.id);
  }

  /** Every row of a table in schema `stream`. No role may read the rows, so this acts as the owner. */
  async dumpStream(table: string): Promise<Record<string, unknown>[]> {
    return await withMigrator(this.services.db, async (tx) => {
      await runScript(tx, `alter table stream.${table} no force row level security`);
      const rows = await tx.execute(
        sql.raw(`select *, tableoid::regclass::text as partition from stream.${table}`),
      );
      await runScript(tx, `alter table stream.${table} force row level security`);
      return [...rows];
    });
  }

  /** Removes a table, so that a handler fails unexpectedly. */
  async breakTable({ tenant }: Company, table: string): Promise<void> {
    await this.asOwner(`drop table ${tenant.schemaName}.${table}`);
  }

  /** Runs upkeep now, as a server does every minute. */
  async upkeep(): Promise<void> {
    const upkeep = this.services.use(UPKEEP);
    upkeep.start(this.services);
    await upkeep.idle();
    await upkeep.close();
  }

  /** Runs SQL as the owner of the tenants' tables, like an operator. */
  async asOwner(script: string): Promise<void> {
    await withMigrator(this.services.db, async (tx) => {
      const { ownerRole } = await readInstallation(tx);
      await runScript(tx, `set local role ${ownerRole}; ${script}; set local role none`);
    });
  }

  /** The variables that point another process at this world's database. */
  get variables(): Record<string, string> {
    return this.#database.variables;
  }

  /** Another process of the same installation, with its own connections and caches but the same database. */
  async replica(settings: Partial<Config> = {}, clock = this.clock): Promise<Services> {
    const db = connect(this.#database.address, {
      connections: 4,
      waitMilliseconds: PATIENCE,
      pooler: this.#database.pooler,
    });
    const config = { ...this.config, ...settings };
    return await buildServices(config, clock, db, () => db.close());
  }

  /** Sets an owner for new schemas that doesn't exist. */
  async breakProvisioning(): Promise<void> {
    await this.system.control.update(installation).set({ ownerRole: "denizen_owner_aaaaaaaaaa" });
  }

  /** Counts everything in the database. `schemas` belong to tenants; `strays` belong to none. */
  async countAll(): Promise<Record<"users" | "tenants" | "memberships" | "schemas" | "strays", number>> {
    const [row] = await this.system.control.execute(sql`select
      (select count(*)::int from control.users) as users,
      (select count(*)::int from control.tenants) as tenants,
      (select count(*)::int from control.memberships) as memberships,
      (select count(*)::int from control.tenant_schemas where claimed_at is not null) as schemas,
      (select count(*)::int from pg_namespace left join pg_roles on rolname = nspname
        left join control.tenant_schemas s on s.name = nspname left join control.tenants t on t.schema_name = s.name
        where nspname like 'tenant\\_%'
          and (rolname is null or s.name is null or (claimed_at is null) <> (t.id is null))) as strays`);
    return { ...row } as Awaited<ReturnType<World["countAll"]>>;
  }

  /** Every row of every table in schema `control`, as text, but for the counts that processes write whenever they are free. */
  async dumpControl(): Promise<string> {
    const { control } = this.system;
    const tables = await control.execute<{ name: string }>(
      sql`select tablename as name from pg_tables where schemaname = 'control' and tablename <> 'count_writers'`,
    );
    const rows = await Promise.all(
      tables.map(({ name }) => control.execute(sql`select * from control.${sql.identifier(name)}`)),
    );
    return JSON.stringify(rows);
  }

  async setPasswordHash(user: User, hash: string): Promise<void> {
    await setPasswordHash(this.system, this.system.control, user.id, hash);
  }

  async passwordHashOf(user: User): Promise<string> {
    return (await findUserByEmail(this.system.control, user.email))!.passwordHash!;
  }

  /** A hash in our format with parameters that are too weak. */
  async outdatedHash(password: string): Promise<string> {
    const secret = new TextEncoder().encode(password);
    const key = await crypto.subtle.importKey("raw-secret" as "raw", secret, "Argon2id", false, [
      "deriveBits",
    ]);
    const nonce = new TextEncoder().encode("somesalt12345678");
    const algorithm = { name: "Argon2id", nonce, parallelism: 1, memory: 64, passes: 1 };
    const bits = new Uint8Array(await crypto.subtle.deriveBits(algorithm, key, 256));
    const encode = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes)).replaceAll("=", "");
    return `$argon2id$v=19$m=64,t=1,p=1$${encode(nonce)}$${encode(bits)}`;
  }

  /** A one-time link to set a password. */
  passwordLink(user: User): Promise<string> {
    return createPasswordLink(this.system, user);
  }

  /** Adds numbered projects to a company, a minute apart, whatever its plan includes. */
  async manyProjects(subdomain: string, count: number): Promise<void> {
    const tenant = (await this.services.use(TENANTS).findBySubdomain(subdomain))!;
    const owner = await this.user(`ada@${subdomain}.example`);
    const ctx = this.acting({ ...tenant, plan: "premium" }, owner, "owner");
    for (let number = 1; number <= count; number++) {
      const name = `Project ${String(number).padStart(2, "0")}`;
      await createProject(ctx, { name, description: "", status: "active" });
      this.clock.advance(MINUTE);
    }
  }

  /** One request, without following redirects. */
  raw(
    method: string,
    host: string,
    path: string,
    headers: Record<string, string> = {},
    body?: string,
  ): Promise<RawAnswer> {
    return send({ port: this.port, host, method, path, headers, body });
  }

  /** A request for projects whose client disconnects before the response. */
  async canceledRequest(token: string): Promise<void> {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port: this.port });
    const lines = [
      "GET /api/v1/projects HTTP/1.1",
      `Host: ${this.host()}`,
      `Authorization: Bearer ${token}`,
      "",
      "",
    ];
    await connection.write(new TextEncoder().encode(lines.join("\r\n")));
    connection.close();
  }

  /** Breaks the product's connections to the database, like a restart of Postgres or a failing network. */
  async cutConnections(): Promise<void> {
    await this.#database.cutConnections();
  }

  /** The handoff link that a browser signed in on the apex gets to a tenant's host. */
  async handoffLink(browser: Browser, { tenant }: Pick<Company, "tenant">): Promise<string> {
    const answer = await this.raw("POST", this.host(), `/workspaces/${tenant.id}/handoff`, {
      Cookie: browser.cookieHeader(this.host()),
      Origin: `http://${this.host()}`,
    });
    return answer.headers.location!;
  }

  /** A browser with a user signed in on the apex. */
  async signedInBrowser(email: string): Promise<Browser> {
    const browser = this.browser();
    await browser.post(`http://${this.host()}/login`, { email, password: PASSWORD, next: "/workspaces" });
    return browser;
  }

  /** A new handoff token to a company's host, for an owner who isn't signed in anywhere. */
  async handoff({ tenant, owner }: Company): Promise<string> {
    const device = { ipAddress: "127.0.0.1", userAgent: "Test" };
    const apex = { tenantId: null, remember: true, device };
    const { signInId } = await startCheckedSession(this.system, owner, apex);
    const request = { userId: owner.id, signInId, remember: true, welcome: null };
    return new URL(await createHandoff(this.system, tenant, request)).searchParams.get("token")!;
  }

  /** The emails in the mailbox, newest first, optionally only those to one address. */
  async emails(to = ""): Promise<MailboxJson[]> {
    const { text } = await this.browser().get(
      `http://${this.host()}/dev/mailbox.json?to=${encodeURIComponent(to)}`,
    );
    return JSON.parse(text).data;
  }

  /** A browser without cookies. */
  browser(): Browser {
    return new Browser(this.port);
  }

  host(subdomain?: string): string {
    return subdomain ? `${subdomain}.localhost:${this.port}` : `localhost:${this.port}`;
  }

  /** One API call, on the apex unless `host` is given. */
  api(method: string, path: string, call: Partial<ApiCall> = {}): Promise<ApiAnswer> {
    return callApi({ port: this.port, host: this.host(), method, path: `/api/v1${path}`, ...call });
  }

  /** An account token of a user, as if they had just entered their password, which takes longer than most tests. */
  accountToken(email: string): Promise<string> {
    return this.#accessToken(email, null);
  }

  /** A tenant token for a company, of its owner or another member. */
  token({ tenant, owner }: Company, email = owner.email): Promise<string> {
    return this.#accessToken(email, tenant.id);
  }

  async #accessToken(email: string, tenantId: TenantId | null): Promise<string> {
    const { id: userId } = (await findUserByEmail(this.system.control, email))!;
    await this.services.use(SIGNING_KEYS).refresh();
    const signIn = { userId, tenantId, methods: ["password" as const] };
    return (await this.system.tx((tx) => startFamily(this.system, tx, signIn))).accessToken;
  }
}

async function dropReadySchemas(db: Database): Promise<void> {
  const ready = await db.control.select().from(tenantSchemas).where(isNull(tenantSchemas.claimedAt));
  for (const { name } of ready) await dropSchema(db, parseSchemaName(name));
}
