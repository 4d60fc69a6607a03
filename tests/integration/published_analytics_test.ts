// Protects: what happens in the product becomes an analytics event, exactly once.
import { sql } from "drizzle-orm";
import assert from "node:assert/strict";
import { runScript } from "../../db/connection/transaction.ts";
import { withMigrator } from "../../db/migration/migrator.ts";
import { analyticsEvents } from "../../db/stream/schema/analytics_events.ts";
import { recordPublishedEvents } from "../../src/analytics/track/published.ts";
import { invite } from "../../src/access/invitations.ts";
import { systemContext } from "../../src/context.ts";
import { newId } from "../../src/platform/ids.ts";
import { createProject, deleteProject } from "../../src/projects/projects.ts";
import { type Company, World } from "../support/world.ts";

const PROJECT = { name: "Secret project", description: "For Ada only", status: "active" as const };

Deno.test("changes become events with who made them, and without names and texts", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await recordPublishedEvents(world.system);
  const project = await createProject(acme.ctx, PROJECT);
  await deleteProject(acme.ctx, project.id);

  await world.upkeep();

  const events = (await eventsOf(acme)).filter(({ event }) => event.startsWith("project."));
  assert.deepEqual(events.map(({ event, userId }) => [event, userId]).sort(), [
    ["project.created", acme.owner.id],
    ["project.deleted", acme.owner.id],
  ]);
  const created = events.find(({ event }) => event === "project.created")!;
  assert.equal(created.properties.id, project.id);
  assert.equal(created.properties.status, "active");
  assert.deepEqual(created.occurredAt, world.clock.now());
  assert.doesNotMatch(JSON.stringify(events), /Secret|Ada/);
});

Deno.test("an invitation becomes an event without the invited person's address", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");

  await invite(acme.ctx, { email: "ben@acme.example", role: "member" });
  await recordPublishedEvents(world.system);

  const invited = (await eventsOf(acme)).find(({ event }) => event === "member.invited")!;
  assert.equal(invited.userId, acme.owner.id);
  assert.deepEqual(Object.keys(invited.properties), ["id"]);
});

Deno.test("two processes, at once and again, record each event once, also pages of them", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  for (let number = 0; number < 60; number++) await createProject(acme.ctx, PROJECT);
  const other = await world.replica();
  const elsewhere = systemContext(other, world.system.actor, newId());

  const counts = await Promise.all([
    recordPublishedEvents(world.system),
    recordPublishedEvents(elsewhere),
  ]);
  const again = await recordPublishedEvents(world.system);
  await other.close();

  const created = (await eventsOf(acme)).filter(({ event }) => event === "project.created");
  assert.equal(created.length, 60);
  assert.equal(new Set(created.map(({ id }) => id)).size, 60);
  assert.equal(counts[0]! + counts[1]!, (await eventsOf(acme)).length);
  assert.equal(again, 0);
});

Deno.test("a workspace whose events can't be recorded doesn't hold up the others, and catches up", async () => {
  await using world = await World.open();
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];
  await recordPublishedEvents(world.system);
  const refuse =
    `alter table stream.analytics_events add constraint full_up check (tenant_id <> '${acme.tenant.id}') not valid`;
  await inStream(world, refuse);
  for (const { ctx } of [acme, globex]) await createProject(ctx, PROJECT);

  const during = await recordPublishedEvents(world.system);
  await inStream(world, "alter table stream.analytics_events drop constraint full_up");
  const afterwards = await recordPublishedEvents(world.system);

  assert.deepEqual([during, afterwards], [1, 1]);
});

Deno.test("what a workspace's own SQL stores as an event counts only if the product could have published it", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await recordPublishedEvents(world.system);
  const forge = (payload: unknown) =>
    acme.ctx.tx((tx) =>
      tx.execute(sql`select * from jobs.fan_out(null, ${
        JSON.stringify({
          id: newId(),
          name: "webhooks.fan_out",
          queue: "webhooks",
          payload,
          priority: 100,
          run_at: world.clock.now(),
          created_at: world.clock.now(),
        })
      }::jsonb)`)
    );
  await forge({ type: "made.up", at: world.clock.now(), data: {} });
  await forge({ type: "project.created", at: world.clock.now(), data: { id: 1 } });
  await forge({ type: "tenant.resumed", at: "2031-01-01T00:00:00.000Z", data: { id: acme.tenant.id } });
  await createProject(acme.ctx, PROJECT);

  assert.equal(await recordPublishedEvents(world.system), 1);
});

async function eventsOf({ ctx }: Company) {
  const [rows] = await ctx.read((tx) => [tx.select().from(analyticsEvents)]);
  return rows;
}

async function inStream({ services }: World, script: string): Promise<void> {
  await withMigrator(services.db, (tx) => runScript(tx, script));
}
