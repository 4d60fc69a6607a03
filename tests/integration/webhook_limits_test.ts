import { eq, inArray, sql } from "drizzle-orm";
import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { outbox } from "../../db/control/schema/outbox.ts";
import { tenants } from "../../db/control/schema/tenants.ts";
import { webhookDeliveries, webhookEvents } from "../../db/control/schema/webhooks.ts";
import { deleteExpired } from "../../src/operations/retention.ts";
import { DAY, MINUTE, SECOND } from "../../src/platform/clock.ts";
import { resumeTenant, suspendTenant } from "../../src/tenancy/lifecycle.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import { TENANTS } from "../../src/tenancy/tenant_directory.ts";
import { resend } from "../../src/webhooks/deliveries.ts";
import { lockDelivery } from "../../src/webhooks/delivery_rows.ts";
import { MAX_ENDPOINTS, updateEndpoint } from "../../src/webhooks/endpoints.ts";
import { HAS_ONE_BACKEND } from "../support/database.ts";
import { startWorker, until } from "../support/jobs.ts";
import { Receiver } from "../support/receiver.ts";
import { addProject, addWebhook, deliveriesOf, openWebhookWorld } from "../support/webhooks.ts";
import type { Company, World } from "../support/world.ts";

/** Protects: what webhooks may use and send is limited by rate, plan and time, and one tenant's limits don't burden another. */

Deno.test("attempts that start late are sent at the endpoint's rate, whatever it was before", async () => {
  await using world = await openWebhookWorld();
  await using receiver = await Receiver.open();
  const acme = await world.company("acme");
  const { id } = await addWebhook(acme, receiver.url(), { rateLimit: 4, events: ["project.*"] });
  {
    await using worker = await startWorker(world, "kv");
    for (let number = 0; number < 12; number++) await addProject(acme, `Project ${number}`);
    await worker.idle();
  }
  await updateEndpoint(acme.ctx, id, { rateLimit: 2 });
  world.clock.advance(MINUTE);

  await using worker = await startWorker(world, "kv");
  await worker.idle();
  const counts = [receiver.received.length];
  for (let second = 0; second < 6; second++) {
    world.clock.advance(SECOND);
    await worker.idle();
    counts.push(receiver.received.length);
  }

  assert.deepEqual(counts, [3, 4, 6, 8, 10, 12, 12]);
});

Deno.test("without the plan, what waits and what happens is skipped, and can be sent again with the plan", async () => {
  await using world = await openWebhookWorld();
  await using receiver = await Receiver.open();
  const acme = await world.company("acme");
  await addWebhook(acme, receiver.url(), { events: ["project.*"] });
  receiver.answer(503);
  await using worker = await startWorker(world, "kv");

  await addProject(acme);
  await worker.idle();
  await setPlan(world, acme, "starter");
  receiver.answer(204);
  await addProject(acme, "Second");
  world.clock.advance(MINUTE);
  await worker.idle();
  const [first, second] = await deliveriesOf(world, acme);
  const received = receiver.received.length;
  await setPlan(world, acme, "premium");
  await resend(acme.ctx, second!.id);
  await worker.idle();

  assert.deepEqual([first!.status, first!.attempts], ["skipped", 1]);
  assert.deepEqual([second!.status, second!.attempts, received], ["skipped", 0, 1]);
  assert.equal(JSON.parse(receiver.received.at(-1)!.body).data.name, "Second");
});

Deno.test("events are deleted after 30 days with their deliveries, unless one still waits", async () => {
  await using world = await openWebhookWorld();
  await using receiver = await Receiver.open();
  const acme = await world.company("acme");
  await addWebhook(acme, receiver.url(), { events: ["project.*"] });
  await using worker = await startWorker(world, "kv");
  const cleanUpAfter = async (pause: number) => {
    world.clock.advance(pause);
    await deleteExpired(world.system);
    return await world.system.control.$count(webhookEvents);
  };

  await addProject(acme);
  await addProject(acme, "Second");
  await worker.idle();
  const early = await cleanUpAfter(29 * DAY);
  await suspendTenant(await openTenant(world.system, acme.tenant.id), { reason: "An invoice is open." });
  const [delivery] = await deliveriesOf(world, acme);
  await resend(acme.ctx, delivery!.id);
  const suspended = await cleanUpAfter(2 * DAY);
  await resumeTenant(await openTenant(world.system, acme.tenant.id));
  await worker.idle();
  const received = receiver.received.length;
  const sent = await cleanUpAfter(0);

  assert.deepEqual([early, suspended, sent], [2, 1, 0]);
  assert.equal(received, 3);
  assert.deepEqual(await deliveriesOf(world, acme), []);
});

Deno.test({
  name: "an event that is sent again while old events are deleted arrives",
  ignore: HAS_ONE_BACKEND,
  async fn() {
    await using world = await openWebhookWorld();
    await using receiver = await Receiver.open();
    const acme = await world.company("acme");
    await addWebhook(acme, receiver.url(), { events: ["project.*"] });
    await using worker = await startWorker(world, "kv");
    await addProject(acme);
    await worker.idle();
    world.clock.advance(31 * DAY);
    const [delivery] = await deliveriesOf(world, acme);
    const tasks: Promise<unknown>[] = [];

    // Both wait for the delivery, and get it in this order.
    await world.system.tx(async (tx) => {
      await lockDelivery(tx, acme.tenant.id, delivery!.id);
      for (const start of [() => resend(acme.ctx, delivery!.id), () => deleteExpired(world.system)]) {
        tasks.push(start());
        await until(async () => await countWaiting(world) === tasks.length);
      }
    });
    await Promise.all(tasks);
    await worker.idle();

    assert.equal(receiver.received.length, 2);
  },
});

Deno.test("two tenants whose receivers all hang leave room for a third", async () => {
  await using world = await openWebhookWorld();
  await using receiver = await Receiver.open();
  const busy = [await world.company("acme"), await world.company("globex")];
  const initech = await world.company("initech");
  const hanging = new Set<ServerResponse>();
  receiver.respond = (response, { path }) => {
    if (path !== "/hangs") return void response.writeHead(204).end();
    hanging.add(response);
    response.on("close", () => hanging.delete(response));
  };
  const hangs = { events: ["project.*"] };
  for (const company of busy) {
    for (let number = 0; number < MAX_ENDPOINTS; number++) {
      await addWebhook(company, receiver.url("/hangs"), hangs);
    }
  }
  await addWebhook(initech, receiver.url("/answers"));
  await using worker = await startWorker(world, "kv");

  for (const company of busy) {
    for (let number = 0; number < 31; number++) await addProject(company, `Project ${number}`);
  }
  await until(async () => await world.system.control.$count(webhookDeliveries) === 31 * MAX_ENDPOINTS * 2);
  const inProgress = await world.system.control.$count(
    outbox,
    inArray(outbox.state, ["dispatched", "running"]),
  );
  await addProject(initech);
  await until(() => receiver.received.some(({ path }) => path === "/answers"));

  assert.ok(hanging.size <= 72, `${hanging.size} of 120 slots hang`);
  assert.ok(inProgress <= 540, `${inProgress} of the 720 jobs that a worker holds are theirs`);
  receiver.answer(204);
  for (const response of hanging) response.writeHead(204).end();
  await worker.idle();
});

/** How many transactions wait for a lock. */
async function countWaiting({ system }: World): Promise<number> {
  const waiting = sql`pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  const [row] = await system.control.execute<{ count: number }>(sql`select count(*)::int from ${waiting}`);
  return row!.count;
}

async function setPlan({ system, services }: World, { tenant }: Company, plan: "starter" | "premium") {
  await system.control.update(tenants).set({ plan }).where(eq(tenants.id, tenant.id));
  services.use(TENANTS).forget(tenant.id);
}
