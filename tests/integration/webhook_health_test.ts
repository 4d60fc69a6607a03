import assert from "node:assert/strict";
import { DAY, HOUR } from "../../src/platform/clock.ts";
import { getEndpoint, updateEndpoint } from "../../src/webhooks/endpoints.ts";
import { TEST_EVENT } from "../../src/webhooks/event_filter.ts";
import { sendTestEvent } from "../../src/webhooks/test_event.ts";
import { startWorker } from "../support/jobs.ts";
import { Receiver } from "../support/receiver.ts";
import { addProject, addWebhook, deliveriesOf, emailsAbout, openWebhookWorld } from "../support/webhooks.ts";

/** Protects: an endpoint is turned off because of its own receiver, for good reason, and someone is told. */

Deno.test("a failure more than a day after the last chance is a last chance again", async () => {
  await using world = await openWebhookWorld();
  await using receiver = await Receiver.open();
  const acme = await world.company("acme");
  const { id } = await addWebhook(acme, receiver.url());
  receiver.answer(503);
  await using worker = await startWorker(world, "kv");
  const failAfter = async (pause: number) => {
    world.clock.advance(pause);
    await sendTestEvent(acme.ctx, id, { event: TEST_EVENT });
    await worker.idle();
    return (await getEndpoint(acme.ctx, id)).status;
  };

  const statuses = [await failAfter(0), await failAfter(5.1 * DAY), await failAfter(25 * HOUR)];
  const last = await failAfter(13 * HOUR);

  assert.deepEqual([...statuses, last], ["active", "active", "active", "disabled"]);
});

Deno.test("failures at a former address don't count against the new one", async () => {
  await using world = await openWebhookWorld();
  await using receiver = await Receiver.open();
  const acme = await world.company("acme");
  const { id } = await addWebhook(acme, receiver.url("/former"));
  receiver.answer(503);
  await using worker = await startWorker(world, "kv");
  const failAfter = async (pause: number) => {
    world.clock.advance(pause);
    await sendTestEvent(acme.ctx, id, { event: TEST_EVENT });
    await worker.idle();
    return await getEndpoint(acme.ctx, id);
  };

  await failAfter(0);
  const failing = await failAfter(5.1 * DAY);
  const renamed = await updateEndpoint(acme.ctx, id, { url: failing.url, description: "Board" });
  const moved = await updateEndpoint(acme.ctx, id, { url: receiver.url("/new") });
  const later = await failAfter(13 * HOUR);

  assert.notEqual(failing.failingSince, null);
  assert.deepEqual(renamed.failingSince, failing.failingSince);
  assert.equal(moved.failingSince, null);
  assert.deepEqual([later.status, later.failingSince], ["active", world.clock.now()]);
});

Deno.test("410 skips what else waits for the endpoint", async () => {
  await using world = await openWebhookWorld();
  await using receiver = await Receiver.open();
  const acme = await world.company("acme");
  await addWebhook(acme, receiver.url(), { events: ["project.*"] });
  receiver.answer(503);
  await using worker = await startWorker(world, "kv");

  await addProject(acme);
  await worker.idle();
  const [waiting] = await deliveriesOf(world, acme);
  receiver.answer(410);
  await addProject(acme, "Second");
  await worker.idle();
  world.clock.advance(DAY);
  await worker.idle();

  const [first, second] = await deliveriesOf(world, acme);
  assert.equal(waiting!.status, "pending");
  assert.deepEqual([first!.status, first!.nextAttemptAt, second!.status], ["skipped", null, "failed"]);
  assert.equal(receiver.received.length, 2);
});

Deno.test("once the person who added an endpoint has left, the owners are told that it is off", async () => {
  await using world = await openWebhookWorld();
  await using receiver = await Receiver.open();
  const acme = await world.company("acme");
  const mei = await world.member(acme, "mei@acme.example", "admin");
  const ofMei = { ...acme, owner: mei, ctx: world.acting(acme.tenant, mei, "admin") };
  await addWebhook(ofMei, receiver.url());
  await world.removeMember(acme, mei);
  receiver.answer(410);
  await using worker = await startWorker(world, "kv");

  await addProject(acme);
  await worker.idle();

  assert.equal((await emailsAbout(world, acme, "webhook_disabled")).length, 1);
  assert.deepEqual(await emailsAbout(world, ofMei, "webhook_disabled"), []);
});
