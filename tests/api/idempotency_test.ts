import assert from "node:assert/strict";
import { eq } from "drizzle-orm";
import { runScript } from "../../db/connection/transaction.ts";
import { withMigrator } from "../../db/migration/migrator.ts";
import { webhookDeliveries } from "../../db/control/schema/webhooks.ts";
import { openApiDocument } from "../../routes/api/api.ts";
import { openToDomain } from "../../src/access/join_domains.ts";
import { offerOwnership } from "../../src/access/ownership.ts";
import { changeRole } from "../../src/access/membership.ts";
import { INVITATIONS_PER_TENANT, invite } from "../../src/access/invitations.ts";
import { listMembers, MEMBER_LIST } from "../../src/access/members.ts";
import { newSavedReport, saveReport } from "../../src/analytics/saved_reports/saved_reports.ts";
import { pauseCampaign, sendCampaign } from "../../src/campaigns/sending.ts";
import { startSequence } from "../../src/sequences/sequences.ts";
import { addSequencePages } from "../../cli/demo/sequences.ts";
import { emailedCode } from "../../src/identity/factor_codes.ts";
import { addFactor } from "../../src/identity/factor_management.ts";
import { deleteExpired } from "../../src/operations/retention.ts";
import { HOUR, MINUTE, SECOND } from "../../src/platform/clock.ts";
import { newId } from "../../src/platform/ids.ts";
import { enforce } from "../../src/rate_limits/limiter.ts";
import { TEST_EVENT } from "../../src/webhooks/event_filter.ts";
import { sendTestEvent } from "../../src/webhooks/test_event.ts";
import { Customer } from "../support/billing.ts";
import { addContacts, readyCampaign } from "../support/campaigns.ts";
import { OPERATIONS } from "../support/contract.ts";
import { firstOf, runJobs, tellJoined } from "../support/notifications.ts";
import { samplePushSubscription } from "../support/push_service.ts";
import { sampleBody } from "../support/sample_body.ts";
import { referencedRows } from "../support/sample_row.ts";
import type { ApiAnswer } from "../support/http.ts";
import { Zone } from "../support/sending_domains.ts";
import { addProject, addWebhook } from "../support/webhooks.ts";
import { type Company, PASSWORD, World } from "../support/world.ts";

/** Protects: an API request with an `Idempotency-Key` changes something once, however often a client repeats it. */

const KEY = "8e03978e-40d5-43e8-bc93-6894a57f9324";

Deno.test("a repeat gets the stored answer for 24 hours, and changes nothing", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const token = await world.token(acme);
  const create = (headers: Record<string, string>) =>
    world.api("POST", "/projects", { token, headers, body: { name: "Spare parts" } });
  const names = async () => (await world.api("GET", "/projects", { token })).json.data.length;

  const first = await create({ "Idempotency-Key": KEY });
  const quoted = await create({ "Idempotency-Key": `"${KEY}"` });
  const byAlias = await world.api("POST", "", {
    token,
    path: "/api/projects",
    headers: { "Idempotency-Key": KEY },
    body: { name: "Spare parts" },
  });

  assert.deepEqual([first.status, first.headers["idempotent-replayed"]], [201, undefined]);
  for (const repeat of [quoted, byAlias]) {
    assert.deepEqual([repeat.status, repeat.headers["idempotent-replayed"]], [201, "true"]);
    assert.equal(repeat.text, first.text);
    assert.equal(repeat.headers.location, first.headers.location);
    assert.equal(repeat.headers.etag, first.headers.etag);
  }
  assert.equal(await names(), 1);

  world.clock.advance(23 * HOUR);
  const renewed = await world.token(acme);
  const late = await world.api("POST", "/projects", {
    token: renewed,
    headers: { "Idempotency-Key": KEY },
    body: { name: "Spare parts" },
  });
  assert.equal(late.headers["idempotent-replayed"], "true");

  world.clock.advance(HOUR + MINUTE);
  const nextDay = await world.api("POST", "/projects", {
    token: await world.token(acme),
    headers: { "Idempotency-Key": KEY },
    body: { name: "Spare parts" },
  });
  assert.deepEqual([nextDay.status, nextDay.headers["idempotent-replayed"]], [201, undefined]);
  assert.notEqual(nextDay.json.id, first.json.id);
});

Deno.test("a lasting refusal is stored; one that a repeat may overcome is not", async () => {
  await using world = await World.open();
  const company = await world.company("acme");
  await world.member(company, "viewer@acme.example", "viewer");
  const [token, viewer] = [await world.token(company), await world.token(company, "viewer@acme.example")];
  const create = (token: string, key: string, body: unknown) =>
    world.api("POST", "/projects", { token, headers: { "Idempotency-Key": key }, body });

  const refused = [
    await create(viewer, "a", { name: "Mine" }),
    await create(viewer, "a", { name: "Mine" }),
  ];
  const invalid = await create(token, "b", { name: "" });
  const corrected = await create(token, "b", { name: "Spare parts" });

  assert.deepEqual(refused.map(({ status }) => status), [403, 403]);
  assert.deepEqual(refused.map(({ headers }) => headers["idempotent-replayed"]), [undefined, "true"]);
  assert.equal(refused[1]!.text, refused[0]!.text);
  assert.deepEqual([invalid.status, corrected.status], [422, 201]);
});

Deno.test("after a step-up, the same key works", async () => {
  await using world = await World.open();
  const token = await world.token(await world.company("acme"));
  world.clock.advance(11 * MINUTE);
  const create = () =>
    world.api("POST", "/roles", {
      token,
      headers: { "Idempotency-Key": KEY },
      body: { name: "Auditor", permissions: ["projects:read"] },
    });

  const asked = await create();
  const proved = await world.api("POST", "/auth/reauthenticate", { token, body: { password: PASSWORD } });
  const created = await create();

  assert.equal(asked.json.type, "/problems/reauthentication-required");
  assert.deepEqual([proved.status, created.status], [204, 201]);
});

Deno.test("after a limit that an operation reached has passed, the same key works", async () => {
  await using world = await World.open();
  const company = await world.company("acme");
  const { limit } = INVITATIONS_PER_TENANT;
  await enforce(world.system, INVITATIONS_PER_TENANT, company.tenant.id, { cost: limit });
  const create = async () =>
    await world.api("POST", "/invitations", {
      token: await world.token(company),
      headers: { "Idempotency-Key": KEY },
      body: { email: "ben@partner.example" },
    });

  const refused = await create();
  world.clock.advance(Number(refused.headers["retry-after"]) * SECOND);
  const invited = await create();

  assert.deepEqual([refused.status, invited.status], [429, 201]);
  assert.equal(invited.headers["idempotent-replayed"], undefined);
});

const MALFORMED = ["", '"', '"open', "two words", "k".repeat(256), "\u00e9", 'a"b', '"k";a=1'];

Deno.test("400 for a malformed key", async (t) => {
  await using world = await World.open();
  const token = await world.token(await world.company("acme"));

  for (const key of MALFORMED) {
    await t.step(JSON.stringify(key.slice(0, 20)), async () => {
      const headers = { "Idempotency-Key": key };
      const { status, json } = await world.api("POST", "/projects", { token, headers, body: { name: "x" } });

      assert.equal(status, 400);
      assert.match(json.detail, /Idempotency-Key/);
    });
  }
});

Deno.test("a caller who lost the permission for a change can't read its stored answer again", async () => {
  await using world = await World.open();
  const company = await world.company("acme");
  await world.member(company, "mei@acme.example", "admin");
  const token = await world.token(company, "mei@acme.example");
  const create = () =>
    world.api("POST", "/projects", {
      token,
      headers: { "Idempotency-Key": KEY },
      body: { name: "Spare parts" },
    });

  const created = await create();
  await changeRole(company.ctx, await memberIdOf(company, "mei@acme.example"), { role: "viewer" });
  const refused = await create();
  await changeRole(company.ctx, await memberIdOf(company, "mei@acme.example"), { role: "member" });
  const allowed = await create();

  assert.deepEqual([created.status, refused.status, allowed.status], [201, 403, 201]);
  assert.equal(allowed.headers["idempotent-replayed"], "true");
  assert.equal(allowed.json.id, created.json.id);
});

Deno.test("stored answers are encrypted, and deleted after a day", async () => {
  await using world = await World.open();
  const company = await world.company("acme");
  const token = await world.accountToken(company.owner.email);
  const headers = { "Idempotency-Key": KEY };

  const added = await world.api("POST", "/me/factors", { token, headers, body: { type: "totp" } });
  const repeated = await world.api("POST", "/me/factors", { token, headers, body: { type: "totp" } });
  const stored = await world.dumpControl();
  world.clock.advance(24 * HOUR + MINUTE);
  const deleted = await deleteExpired(world.system);

  assert.equal(repeated.json.secret, added.json.secret);
  assert.ok(stored.includes("sealed_answer") && !stored.includes(added.json.secret) && !stored.includes(KEY));
  assert.equal(deleted.idempotency_keys, 1);
});

/** A public address, so that no name has to be resolved. */
const RECEIVER = "https://93.184.215.14/hooks";

/** What operations that take a key are called with, if the smallest body won't do. The last ones change how the owner signs in. */
const CALLS: Record<string, (world: World, company: Company) => Promise<SampleCall> | SampleCall> = {
  readNotification: async (world, company) => {
    await tellJoined(world, company, ["Ben Alvarez"]);
    await runJobs(world);
    return { id: (await firstOf(world, company.owner)).id };
  },
  createRole: () => ({ body: { name: "Auditor", permissions: ["projects:read"] } }),
  createInvitation: () => ({ body: { email: "ben@partner.example" } }),
  createInvitations: () => ({ body: { csv: "carla@partner.example,viewer" } }),
  resendInvitation: async (_, { ctx }) => ({
    id: (await invite(ctx, { email: "dora@partner.example", role: "member" })).id,
  }),
  addCustomDomain: () => ({ body: { domain: "app.acme.example" } }),
  createJoinDomain: () => ({ body: { domain: "acme.example" } }),
  offerOwnership: async (world, company) => {
    await world.member(company, "heir@acme.example", "admin");
    return { body: { member_id: await memberIdOf(company, "heir@acme.example") } };
  },
  acceptOwnership: async (world, company) => {
    await world.member(company, "next@acme.example", "admin");
    await offerOwnership(company.ctx, await memberIdOf(company, "next@acme.example"));
    return { token: await world.token(company, "next@acme.example") };
  },
  recordUsage: () => ({ body: { metric: "compute_minutes", value: 1 } }),
  createApiKey: () => ({ body: { name: "Import", permissions: ["projects:read"] } }),
  rotateApiKey: async (world, company) => {
    const token = await world.token(company);
    const body = { name: "Export", permissions: ["projects:read"] };
    const { json } = await world.api("POST", "/api-keys", { token, body });
    return { token, id: json.id, body: { overlap_hours: 1 } };
  },
  createWebhookEndpoint: () => ({ body: { url: RECEIVER, events: ["*"] } }),
  rotateWebhookSecret: async (_, company) => ({ id: (await addWebhook(company, RECEIVER)).id }),
  testWebhookEndpoint: async (_, company) => ({ id: (await addWebhook(company, RECEIVER)).id, body: {} }),
  retryWebhookDelivery: async (world, company) => {
    const { id } = await addWebhook(company, RECEIVER);
    const delivery = await sendTestEvent(company.ctx, id, { event: TEST_EVENT });
    await world.system.control.update(webhookDeliveries).set({ status: "failed" })
      .where(eq(webhookDeliveries.id, delivery.id));
    return { id: delivery.id };
  },
  sendCampaign: async (_, company) => ({ id: await campaignIn(company, "draft"), body: {} }),
  pauseCampaign: async (_, company) => ({ id: await campaignIn(company, "sending") }),
  resumeCampaign: async (_, company) => ({ id: await campaignIn(company, "paused") }),
  cancelCampaign: async (_, company) => ({ id: await campaignIn(company, "sending") }),
  startSequence: async (_, company) => {
    await readyCampaign(company.ctx); // with the postal address
    return { id: (await addSequencePages(company.ctx)).id };
  },
  stopSequence: async (_, company) => {
    const { id } = await addSequencePages(company.ctx);
    await startSequence(company.ctx, id);
    return { id };
  },
  shareReport: async (_, { ctx }) => {
    const { id } = await saveReport(ctx, newSavedReport.parse({ name: "Usage", kind: "usage" }));
    return { id, body: {} };
  },
  createTenant: (world, { owner }) =>
    world.accountToken(owner.email).then((token) => ({
      token,
      body: { name: "Acme Labs", subdomain: "acme-labs" },
    })),
  joinTenant: async (world, { ctx, tenant }) => {
    await openToDomain(ctx, { domain: "acme.example", role: "member" });
    await world.user("joiner@acme.example");
    return { id: tenant.id, token: await world.accountToken("joiner@acme.example") };
  },
  addFactor: async (world, { owner }) => ({
    token: await world.accountToken(owner.email),
    body: { type: "totp" },
  }),
  addPushSubscription: () => ({ body: samplePushSubscription("https://93.184.215.14/push") }),
  confirmFactor: async (world, { owner, ctx }) => {
    const token = await world.accountToken(owner.email);
    const { id } = await addFactor(ctx.system, owner.id, { type: "email" });
    return { id, token, body: { code: emailedCode(ctx.system, id) } };
  },
};

type SampleCall = { id?: string; token?: string; body?: unknown };

Deno.test("every operation with a key stores exactly its answer, in the transaction of the change", async (t) => {
  const operations = keyedOperations().filter(({ operationId }) => !(operationId in AFTERWARD));
  const order = Object.keys(CALLS);
  operations.sort((one, other) => order.indexOf(one.operationId) - order.indexOf(other.operationId));
  await using world = await World.open();
  const company = await world.company("acme");

  for (const { operationId, path } of operations) {
    await t.step(operationId, async () => {
      const smallest = sampleBody("POST", path, "Sample");
      const sample: SampleCall = await CALLS[operationId]?.(world, company) ??
        { body: { ...smallest, ...await referencedRows(company.ctx, path, smallest) } };
      const { id = "", token = await world.token(company), body } = sample;
      const call = () =>
        world.api("POST", path.replace("{id}", id), {
          token,
          body,
          headers: { "Idempotency-Key": operationId },
        });

      const failed = await withoutStorage(world, call);
      const first = await call();
      const repeat = await call();

      assert.equal(failed.status, 500, "the change was committed without its answer");
      assert.ok(first.status < 300, first.text);
      assert.equal(first.headers["idempotent-replayed"], undefined);
      assert.equal(repeat.headers["idempotent-replayed"], "true");
      assert.deepEqual([repeat.status, repeat.text], [first.status, first.text]);
    });
  }
});

/** What operations are called with that store their answer after their work, which isn't one transaction, in this order. */
const AFTERWARD: Record<string, (customer: Customer, token: string) => Promise<SampleCall>> = {
  startTrial: () => Promise.resolve({ body: { plan: "team" } }),
  previewPlan: () => Promise.resolve({ body: { plan: "premium", billing_cycle: "monthly" } }),
  orderPlan: () => Promise.resolve({ body: { plan: "team", billing_cycle: "monthly" } }),
  resumeSubscription: async (customer, token) => {
    await customer.buy();
    await customer.world.api("DELETE", "/subscription", { token });
    return {};
  },
  replayWebhookEndpoint: async ({ world }) => {
    const company = await world.company("globex");
    const since = world.clock.now().toISOString();
    const { id } = await addWebhook(company, RECEIVER);
    await addProject(company);
    await runJobs(world);
    return { id, token: await world.token(company), body: { since } };
  },
  verifyCustomDomain: async ({ world }) => {
    const token = await world.token(await world.company("initech"));
    const body = { domain: "app.acme.example" };
    const { json } = await world.api("POST", "/custom-domains", { token, body });
    return { id: json.id, token };
  },
  verifySendingDomain: async ({ world }, token) => {
    await world.api("PUT", "/sending-domain", { token, body: { domain: "acme.example", sender: "hello" } });
    return {};
  },
  textFactor: async ({ company, world }) => {
    const token = await world.accountToken(company.owner.email);
    const { json } = await world.api("POST", "/me/factors", {
      token,
      body: { type: "sms", phone: "+15005550006" },
    });
    return { id: json.id, token };
  },
};

Deno.test("an operation whose work isn't one transaction runs once for a key as well", async (t) => {
  await using world = await World.open({
    EMAIL_RETURN_HOST: "bounces.denizen.example",
    EMAIL_WEBHOOK_SECRET: `whsec_${btoa("twenty-four bytes or more")}`,
  });
  Zone.of(world);
  const customer = await Customer.open(world);
  const owners = await world.token(customer.company);

  for (const [operationId, prepare] of Object.entries(AFTERWARD)) {
    await t.step(operationId, async () => {
      const { id = "", token = owners, body } = await prepare(customer, owners);
      const path = keyedOperations().find((operation) => operation.operationId === operationId)!.path
        .replace("{id}", id);
      const headers = { "Idempotency-Key": operationId };
      const call = () => world.api("POST", path, { token, body, headers });

      const first = await call();
      const repeat = await call();

      assert.ok(first.status < 300, first.text);
      assert.equal(first.headers["idempotent-replayed"], undefined);
      assert.equal(repeat.headers["idempotent-replayed"], "true");
      assert.deepEqual([repeat.status, repeat.text], [first.status, first.text]);
    });
  }
});

Deno.test("an answer that can't be stored after the work is sent, and its key is claimed for a minute", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  const token = await world.token(customer.company);
  const start = () =>
    world.api("POST", "/subscription/trial", {
      token,
      headers: { "Idempotency-Key": KEY },
      body: { plan: "team" },
    });

  await withMigrator(world.services.db, (tx) => runScript(tx, REFUSE_ANSWERS));
  const started = await start();
  const early = await start();
  await withMigrator(world.services.db, (tx) => runScript(tx, "drop function control.refuse cascade"));
  world.clock.advance(MINUTE);
  const late = await start();

  assert.deepEqual([started.status, started.json.plan], [200, "team"]);
  assert.deepEqual([early.status, early.headers["retry-after"]], [409, "1"]);
  assert.match(late.json.detail, /has a plan already|already had a trial/);
});

const REFUSE_ANSWERS = `
create function control.refuse() returns trigger language plpgsql as $$ begin raise exception 'refused'; end $$;
create trigger refuse before update on control.idempotency_keys for each row execute function control.refuse();
`;

Deno.test("each POST has a stored answer, except below /auth, where the client doesn't repeat it", () => {
  const keyed = new Set(keyedOperations().map(({ path }) => path));

  const without = OPERATIONS.filter(({ method, path }) => method === "POST" && !keyed.has(path));

  assert.ok(without.length > 0);
  for (const { path } of without) assert.match(path, /^\/auth\//);
});

/** Makes a call while the database can't store answers. */
async function withoutStorage(world: World, call: () => Promise<ApiAnswer>): Promise<ApiAnswer> {
  const rename = (from: string, to: string) =>
    withMigrator(
      world.services.db,
      (tx) => runScript(tx, `alter function api.${from}(text, uuid, text) rename to ${to}`),
    );
  await rename("store_answer", "gone");
  const answer = await call();
  await rename("gone", "store_answer");
  return answer;
}

function keyedOperations(): { operationId: string; path: string }[] {
  const { paths } = openApiDocument("https://app.example");
  return Object.entries(paths!).flatMap(([path, { post }]) => {
    const parameters = (post?.parameters ?? []) as { name: string }[];
    const isKeyed = parameters.some(({ name }) => name === "Idempotency-Key");
    return isKeyed ? [{ operationId: post!.operationId!, path }] : [];
  });
}

async function campaignIn({ ctx }: Company, status: "draft" | "sending" | "paused"): Promise<string> {
  await addContacts(ctx, [{ email: `${newId()}@example.com` }]);
  const { id } = await readyCampaign(ctx);
  if (status !== "draft") await sendCampaign(ctx, id, { scheduledAt: null });
  if (status === "paused") await pauseCampaign(ctx, id);
  return id;
}

async function memberIdOf({ ctx }: Company, email: string): Promise<string> {
  const { items } = await listMembers(ctx, MEMBER_LIST.query.parse({}));
  return items.find((member) => member.email === email)!.id;
}
