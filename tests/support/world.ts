import { and, eq } from "drizzle-orm";
import { memberships } from "../../db/control/schema.ts";
import { connect } from "../../db/connect.ts";
import { createApp } from "../../routes/app.ts";
import type { Role } from "../../src/access/roles.ts";
import { addMember } from "../../src/access/members.ts";
import type { MemberActor } from "../../src/access/actor.ts";
import { type Config, parseConfig } from "../../src/config.ts";
import { type SystemContext, systemContext, type TenantContext, tenantContext } from "../../src/context.ts";
import { createHandoff } from "../../src/identity/handoffs.ts";
import { hashPassword } from "../../src/identity/passwords.ts";
import { findOrCreateUser, type User } from "../../src/identity/users.ts";
import { newId } from "../../src/platform/ids.ts";
import { buildServices, type Services } from "../../src/services.ts";
import type { Tenant } from "../../src/tenancy/tenant.ts";
import { createTenant, newTenant } from "../../src/tenancy/tenants.ts";
import { Browser } from "./browser.ts";
import { ManualClock } from "./clock.ts";
import { openTestDatabase, type TestDatabase } from "./database.ts";
import { type ApiAnswer, type ApiCall, callApi } from "./http.ts";

/** Everyone's password in the tests. Hashed once a process: Argon2id is slow on purpose. */
export const PASSWORD = "correct horse battery";
let passwordHash: Promise<string> | undefined;

export type Company = { tenant: Tenant; owner: User; ctx: TenantContext };

/** The product, running: a server on a port of its own, with its own database and clock. */
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
    this.system = systemContext(parts.services, { type: "system", name: "test" }, newId());
    this.#database = parts.database;
    this.#close = parts.close;
  }

  static async open(
    variables: Record<string, string> = {},
    options: { connections?: number } = {},
  ): Promise<World> {
    let handler: Deno.ServeHandler = () => new Response(null, { status: 503 });
    const server = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen: () => {} },
      (request, info) => handler(request, info),
    );
    const { port } = server.addr;
    const config = parseConfig({ DENO_ENV: "test", PORT: String(port), ...variables });
    const clock = new ManualClock();
    const database = await openTestDatabase();
    const db = connect(database.address, options);
    const closeDatabase = async () => {
      await db.close();
      await database.close();
    };
    const services = await buildServices(config, clock, db, closeDatabase);
    const app = await createApp(services);
    handler = app.fetch;
    const close = async () => {
      await server.shutdown();
      await services.close();
    };
    return new World({ services, clock, port, database, close });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
  }

  /** A company with its owner, made without a browser. */
  async company(subdomain: string, name = `${subdomain} Ltd`): Promise<Company> {
    const owner = await this.user(`owner@${subdomain}.example`, `Owner of ${name}`);
    const tenant = await this.system.tx((tx) =>
      createTenant(this.system, tx, newTenant.parse({ name, subdomain }), owner.id)
    );
    return { tenant, owner, ctx: this.acting(tenant, owner, "owner") };
  }

  async user(email: string, name = email.split("@")[0]!): Promise<User> {
    passwordHash ??= hashPassword(PASSWORD);
    const { user } = await findOrCreateUser(this.system, this.system.control, {
      email,
      name,
      passwordHash: await passwordHash,
    });
    return user;
  }

  async member(company: Company, email: string, role: Role): Promise<User> {
    const user = await this.user(email);
    await addMember(this.system, this.system.control, { tenantId: company.tenant.id, userId: user.id, role });
    return user;
  }

  acting(tenant: Tenant, user: User, role: Role): TenantContext {
    const actor: MemberActor = { type: "member", id: user.id, name: user.name, email: user.email, role };
    return tenantContext(this.services, tenant, actor, newId());
  }

  async removeMember({ tenant }: Company, user: User): Promise<void> {
    const { control } = this.system;
    await control.delete(memberships).where(
      and(eq(memberships.tenantId, tenant.id), eq(memberships.userId, user.id)),
    );
    this.services.signIns.bearers.clear();
    this.services.signIns.sessions.clear();
  }

  /** Breaks the product's connections to the database, as a restart of Postgres or a failing network does. */
  async cutConnections(): Promise<void> {
    await this.#database.cutConnections();
  }

  /** The token of a fresh handoff to a company's host. */
  async handoff({ tenant, owner }: Company): Promise<string> {
    const request = { userId: owner.id, signInId: newId(), remember: true, welcome: false };
    return new URL(await createHandoff(this.system, tenant, request)).searchParams.get("token")!;
  }

  /** A browser with no cookies yet. */
  browser(): Browser {
    return new Browser(this.port);
  }

  host(subdomain?: string): string {
    return subdomain ? `${subdomain}.localhost:${this.port}` : `localhost:${this.port}`;
  }

  /** One call of the API, on the apex unless a `host` is named. */
  api(method: string, path: string, call: Partial<ApiCall> = {}): Promise<ApiAnswer> {
    return callApi({ port: this.port, host: this.host(), method, path: `/api/v1${path}`, ...call });
  }

  /** An access token of a company's owner, or of another of its members. */
  async token(company: Company, email = company.owner.email): Promise<string> {
    const body = { email, password: PASSWORD, tenant: company.tenant.subdomain };
    const answer = await this.api("POST", "/auth/login", { body });
    return answer.json.access_token as string;
  }
}
