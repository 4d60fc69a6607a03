import { eq, sql } from "drizzle-orm";
import assert from "node:assert/strict";
import { apiKeys } from "../../db/control/schema/api_keys.ts";
import { refreshTokens } from "../../db/control/schema/identity.ts";
import { memberships } from "../../db/control/schema/memberships.ts";
import { tenants } from "../../db/control/schema/tenants.ts";
import { publishedEvents } from "../../db/control/schema/published_events.ts";
import { FEATURES } from "../../src/feature_list.ts";
import { MINUTE } from "../../src/platform/clock.ts";
import { newId } from "../../src/platform/ids.ts";
import { EventReader } from "../support/event_stream.ts";
import { addProject } from "../support/webhooks.ts";
import { type Company, World } from "../support/world.ts";

/**
 * Protects: an event stream shows one tenant's events to those who may read their data (S02, S07, S21, S24), ends within five seconds
 * of losing access on every replica (S08, S24), and shows nothing that a tenant's own SQL made up.
 */

Deno.test("S07 a stream shows the events of its own tenant only, and another tenant's last event means a reset", async () => {
  await using world = await World.open();
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];
  await using ofGlobex = await EventReader.open(world, { token: await world.token(globex) });
  await addProject(globex, "Secret");
  const [secret] = await ofGlobex.receive(1);
  await using ofAcme = await EventReader.open(world, {
    token: await world.token(acme),
    lastEventId: secret!.id,
  });

  await addProject(acme, "Ours");
  const received = await ofAcme.receive(2);

  assert.deepEqual(received.map(({ event }) => event), ["reset", "project.created"]);
  assert.doesNotMatch(JSON.stringify(received), /Secret/);
});

Deno.test("S02 a token for another tenant opens no stream", async () => {
  await using world = await World.open();
  const [acme] = [await world.company("acme"), await world.company("globex")];
  const token = await world.token(acme);

  const byHeader = await world.api("GET", "/events/stream", { token, headers: { "X-Tenant": "globex" } });
  const byHost = await world.api("GET", "/events/stream", { token, host: world.host("globex") });

  assert.deepEqual([byHeader.status, byHost.status], [403, 403]);
});

Deno.test("S21 S24 a stream contains only events whose data the caller may read", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const viewer = await world.member(acme, "vera@acme.example", "viewer");
  const key = await keyOf(world, acme, ["members:read"]);
  await using ofOwner = await EventReader.open(world, { token: await world.token(acme) });
  await using ofViewer = await EventReader.open(world, { token: await world.token(acme, viewer.email) });
  await using ofKey = await EventReader.open(world, { key });

  await addProject(acme, "Apollo");
  await world.api("POST", "/invitations", {
    token: await world.token(acme),
    body: { email: "new@acme.example", role: "member" },
  });
  const [membership] = await world.system.control.select().from(memberships)
    .where(eq(memberships.userId, viewer.id));
  await world.api("DELETE", `/members/${membership!.id}`, { token: await world.token(acme) });
  const all = await ofOwner.receive(3);
  const some = await ofKey.receive(1);

  assert.deepEqual(all.map(({ event }) => event), ["project.created", "member.invited", "member.removed"]);
  assert.deepEqual(some.map(({ event }) => event), ["member.removed"]);
  assert.ok(ofViewer.events.every(({ event }) => event !== "member.invited"));
});

Deno.test("every event says who may read its data", () => {
  const published = FEATURES.flatMap(({ events }) => events).filter(({ webhook }) => webhook);
  const known = new Set(FEATURES.flatMap(({ permissions }) => permissions));

  const open = published.filter(({ webhook }) => webhook!.permission === null).map(({ name }) => name);
  assert.deepEqual(open, ["tenant.suspended", "tenant.resumed"]);
  for (const { name, webhook } of published) {
    assert.ok(webhook!.permission === null || known.has(webhook!.permission), name);
  }
});

Deno.test("S08 S24 a stream ends within five seconds of losing access in another process", async (t) => {
  const losses: Record<string, (world: World, company: Company) => Promise<unknown>> = {
    "the sign-in is revoked": ({ system }) =>
      system.control.update(refreshTokens).set({ revokedAt: new Date(0) }),
    "the member is removed": ({ system }) => system.control.delete(memberships),
    "the role changes": ({ system }) => system.control.update(memberships).set({ role: "viewer" }),
    "the workspace is suspended": ({ system }) => system.control.update(tenants).set({ status: "suspended" }),
    "the access token expires": ({ clock }) => Promise.resolve(clock.advance(60 * MINUTE)),
  };
  for (const [name, lose] of Object.entries(losses)) {
    await t.step(name, async () => {
      await using world = await World.open();
      const acme = await world.company("acme");
      await using reader = await EventReader.open(world, { token: await world.token(acme) });

      await endsInTime(reader, () => lose(world, acme));
    });
  }
});

Deno.test("S24 the stream of an account token ends when the person is no longer a member", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await using reader = await EventReader.open(world, { token: await world.accountToken(acme.owner.email) });
  await addProject(acme);
  await reader.receive(1);

  await endsInTime(reader, () => Promise.resolve(world.system.control.delete(memberships)));
});

Deno.test("S24 the stream of an API key ends within five seconds of its end in another process", async (t) => {
  const losses: Record<string, (world: World) => Promise<unknown>> = {
    "the key is revoked": ({ system }) => system.control.delete(apiKeys),
    "the key expires": async ({ system, clock }) => {
      await system.control.update(apiKeys).set({ expiresAt: clock.now() });
    },
    "the key gets other permissions": ({ system }) => system.control.update(apiKeys).set({ permissions: [] }),
    "the key's creator is removed": ({ system }) => system.control.delete(memberships),
  };
  for (const [name, lose] of Object.entries(losses)) {
    await t.step(name, async () => {
      await using world = await World.open();
      const key = await keyOf(world, await world.company("acme"), ["projects:read"]);
      await using reader = await EventReader.open(world, { key });

      await endsInTime(reader, () => lose(world));
    });
  }
});

Deno.test("a tenant's own SQL publishes no event of another tenant, no data that no feature publishes, and moves nobody's position", async () => {
  await using world = await World.open();
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];
  await using ofAcme = await EventReader.open(world, { token: await world.token(acme) });
  await using ofGlobex = await EventReader.open(world, { token: await world.token(globex) });
  const at = world.clock.now().toISOString();
  const forge = (payload: unknown) => {
    const job = {
      id: "ffffffff-ffff-7fff-bfff-fffffffffff0",
      name: "webhooks.fan_out",
      queue: "webhooks",
      payload,
    };
    const json = JSON.stringify({ ...job, priority: 0, run_at: at, created_at: at });
    return acme.ctx.tx((tx) =>
      tx.execute(sql`select jobs.fan_out(${globex.tenant.schemaName}, ${json}::jsonb)`)
    );
  };

  await forge({ type: "project.created", at, data: { id: newId(), name: "Half" } });
  await forge({ type: "billing.paid", at, data: {} });
  await forge("nonsense");
  await assert.rejects(forge({ type: "project.created", at, data: { name: "x".repeat(132_000) } }));
  await assert.rejects(acme.ctx.tx((tx) => tx.execute(sql`select * from control.published_events`)));
  await assert.rejects(
    acme.ctx.tx((tx) => tx.execute(sql`update control.event_positions set last_id = null`)),
  );
  await addProject(acme, "Real");
  await addProject(globex, "Theirs");

  assert.deepEqual((await ofAcme.receive(1)).map(({ data }) => data.data.name), ["Real"]);
  assert.deepEqual((await ofGlobex.receive(1)).map(({ data }) => data.data.name), ["Theirs"]);
  const stored = await world.system.control.select().from(publishedEvents)
    .where(eq(publishedEvents.tenantId, acme.tenant.id));
  assert.ok(stored.every(({ id }) => !id.startsWith("ffffffff")));
});

/** The value of a new key. */
async function keyOf(world: World, company: Company, permissions: string[]): Promise<string> {
  const body = { name: "Reader", permissions };
  const { json } = await world.api("POST", "/api-keys", { token: await world.token(company), body });
  return json.api_key;
}

async function endsInTime(reader: EventReader, lose: () => Promise<unknown>): Promise<void> {
  await lose();
  const started = performance.now();
  await reader.closed();
  const milliseconds = performance.now() - started;
  assert.ok(milliseconds < 5_500, `It ended after ${milliseconds} ms.`);
}
