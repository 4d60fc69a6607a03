/** An installation for the CLI's commands in the guides: what they are about, and the values for the guides' placeholders. */
import { eq } from "drizzle-orm";
import { factors } from "../../db/control/schema/factors.ts";
import { webhookDeliveries } from "../../db/control/schema/webhooks.ts";
import { startTrial } from "../../src/billing/trials.ts";
import { SETTINGS } from "../../src/config/settings.ts";
import { startSession } from "../../src/identity/sessions.ts";
import { findUserByEmail, type User } from "../../src/identity/users.ts";
import { DAY } from "../../src/platform/clock.ts";
import { newId } from "../../src/platform/ids.ts";
import { sendTestEvent } from "../../src/webhooks/test_event.ts";
import { card, Customer, GOOD_CARD } from "./billing.ts";
import { addContacts, readyCampaign } from "./campaigns.ts";
import { wordsOf } from "./cli_lines.ts";
import { serverUrl } from "./database.ts";
import { CATALOG } from "./gateway_bench.ts";
import { addJob } from "./jobs.ts";
import { CliProcess, type Outcome, type Running } from "./process.ts";
import { S3Double } from "./s3_double.ts";
import { withConnection } from "./split_logins.ts";
import { StripeDouble } from "./stripe/double.ts";
import { addWebhook, openWebhookWorld } from "./webhooks.ts";
import type { World } from "./world.ts";

/** What stands for a value of the reader's. */
const PLACEHOLDERS: [placeholder: RegExp, value: (scene: CliScene) => string | Promise<string>][] = [
  [/postgres:\/\/denizen:\S+/, ({ databaseUrl }) => databaseUrl],
  [/postgres:\/\/postgres:\S+/, ({ superuserUrl }) => superuserUrl],
  [/(?<=retry )0\S+/, (scene) => scene.failedJob()],
  [/(?<=--endpoint )\S+/, (scene) => scene.failedWebhook()],
  [/(?<=campaigns send )\S+/, (scene) => scene.campaign()],
  [/(?<=--since )\S+/, () => dayIn(-1)],
  [/(?<=--until )\S+/, () => dayIn(30)],
  [/(?<=--scheduled-at )\S+/, () => `${dayIn(1)}T09:00:00Z`],
  [/acme\.tar\.gz/, ({ folder }) => `${folder}/acme.tar.gz`],
];

export class CliScene implements AsyncDisposable {
  readonly #parts: AsyncDisposableStack;
  readonly #cli: CliProcess;
  readonly #stripe: StripeDouble;
  #acme: Customer | undefined;

  private constructor(
    readonly world: World,
    readonly folder: string,
    parts: { all: AsyncDisposableStack; cli: CliProcess; stripe: StripeDouble },
  ) {
    this.#parts = parts.all;
    this.#cli = parts.cli;
    this.#stripe = parts.stripe;
  }

  static async open(): Promise<CliScene> {
    const all = new AsyncDisposableStack();
    const world = all.use(await openWebhookWorld());
    const s3 = all.use(new S3Double());
    s3.objects.set("folder/denizen-2026-03-01T030000Z.backup.age", new Uint8Array(1));
    const stripe = all.use(new StripeDouble({ clock: world.clock, metrics: CATALOG.metrics }));
    const folder = await Deno.makeTempDir({ prefix: "denizen-" });
    all.defer(() => Deno.remove(folder, { recursive: true }));
    const cli = all.use(
      new CliProcess("admin", {
        ...world.variables,
        ...s3.variables,
        BACKUP_AGE_RECIPIENT: SETTINGS.backupAgeRecipient.example!,
        DATA_DIR: folder,
        JOBS_ENGINE: "postgres",
        PORT: String(world.port),
        WEBHOOKS_ALLOW_PRIVATE: "1",
      }),
    );
    return new CliScene(world, folder, { all, cli, stripe });
  }

  run(command: string, running: Running = {}): Promise<Outcome> {
    return this.#cli.run(wordsOf(command), running);
  }

  /** A command in a guide, and the variables before it, with values instead of the placeholders. */
  async withValues(line: string): Promise<{ assigned: Record<string, string>; command: string }> {
    let text = line;
    for (const [placeholder, value] of PLACEHOLDERS) {
      if (placeholder.test(text)) text = text.replace(placeholder, await value(this));
    }
    const [, name, value, command] = /^(?:(\w+)=(\S+) )?(.*)$/.exec(text)!;
    return { assigned: name ? { [name]: value! } : {}, command: command! };
  }

  /** Runs a command that prepares another one. Throws if it fails. */
  async prepare(command: string): Promise<void> {
    const { code, stderr } = await this.run(command);
    if (code !== 0) throw new Error(`${command}\n${stderr}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.disposeAsync();
  }

  get databaseUrl(): string {
    return this.world.variables.DATABASE_URL!;
  }

  get superuserUrl(): string {
    return new URL(new URL(this.databaseUrl).pathname, serverUrl).href;
  }

  get stripeVariables(): Record<string, string> {
    return this.#stripe.variables;
  }

  /** Acme on Starter, in place of another one. */
  async newAcme(): Promise<void> {
    this.#acme = await Customer.open(this.world, "acme");
  }

  get acme(): Customer {
    return this.#acme!;
  }

  /** Acme's owner, with the plan that it has now. */
  async #owner() {
    this.world.services.forgetTenant(this.acme.company.tenant.id);
    return { ...this.acme.company, ctx: await this.acme.ctx() };
  }

  async startTrial(): Promise<void> {
    await startTrial(await this.acme.ctx(), { plan: "premium" });
  }

  /** Pays a plan at the sandbox, which the product doesn't know yet. */
  async pay(): Promise<void> {
    await this.acme.sandbox.payCheckout(await this.acme.checkout(), card(GOOD_CARD));
  }

  async person(email: string): Promise<User> {
    return await findUserByEmail(this.world.system.control, email) ?? await this.world.user(email);
  }

  async addFactor(email: string): Promise<void> {
    const { id: userId } = await this.person(email);
    const now = this.world.clock.now();
    await this.world.system.control.insert(factors).values(
      { id: newId(), userId, type: "totp", name: "Phone", createdAt: now, confirmedAt: now },
    );
  }

  async signIn(email: string): Promise<void> {
    const device = { ipAddress: "127.0.0.1", userAgent: "Test" };
    const { system } = this.world;
    const { id: userId } = await this.person(email);
    const session = { userId, tenantId: null, remember: true, device, methods: ["password" as const] };
    await system.tx((tx) => startSession(system, tx, session));
  }

  failedJob(): Promise<string> {
    return addJob(this.world, { queue: "email", state: "failed", attempts: 8, error: "no answer" });
  }

  /** A webhook with an event that nobody received. */
  async failedWebhook(): Promise<string> {
    const { control } = this.world.system;
    const acme = await this.#owner();
    const { id } = await addWebhook(acme, "http://127.0.0.1:9/hooks");
    await sendTestEvent(acme.ctx, id, { event: "project.created" });
    await control.update(webhookDeliveries).set({ status: "failed" }).where(
      eq(webhookDeliveries.endpointId, id),
    );
    return id;
  }

  async campaign(): Promise<string> {
    const { ctx } = await this.#owner();
    await addContacts(ctx, [{ email: `${newId()}@example.com` }]);
    return (await readyCampaign(ctx)).id;
  }

  async runSql(script: string): Promise<void> {
    await withConnection(this.superuserUrl, (admin) => admin.unsafe(script));
  }
}

function dayIn(days: number): string {
  return new Date(Date.now() + days * DAY).toISOString().slice(0, 10);
}
