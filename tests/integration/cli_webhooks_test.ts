import assert from "node:assert/strict";
import { MINUTE } from "../../src/platform/clock.ts";
import { sendTestEvent } from "../../src/webhooks/test_event.ts";
import { serverUrl } from "../support/database.ts";
import { startWorker } from "../support/jobs.ts";
import { cli } from "../support/process.ts";
import { Receiver } from "../support/receiver.ts";
import { addWebhook, deliveriesOf, openWebhookWorld } from "../support/webhooks.ts";

/** Protects: an operator lists a tenant's webhooks and sends their events again from the command line. Needs a server, which two processes can share. */

Deno.test({ name: "webhooks list and replay", ignore: !serverUrl, fn: listAndReplay });

async function listAndReplay(): Promise<void> {
  await using world = await openWebhookWorld();
  await using receiver = await Receiver.open();
  const acme = await world.company("acme");
  const { id } = await addWebhook(acme, receiver.url(), { events: ["project.*"] });
  {
    await using worker = await startWorker(world, "kv");
    await sendTestEvent(acme.ctx, id, { event: "project.created" });
    await worker.idle();
  }
  const run = (...args: string[]) => cli(world.variables, "webhooks", ...args);
  const today = world.clock.now().toISOString().slice(0, 10);

  const listed = await run("list", "--tenant-id", "acme", "--json");
  const replayed = await run("replay", "--endpoint", id, "--since", today, "--json");
  const none = await run("replay", "--endpoint", id, "--since", today, "--only", "failed");
  const wrongTime = await run("replay", "--endpoint", id, "--since", "yesterday");
  const unknown = await run("replay", "--endpoint", acme.tenant.id, "--since", today);

  const [webhook] = JSON.parse(listed.stdout);
  assert.deepEqual([webhook.id, webhook.url, webhook.events, webhook.status], [
    id,
    receiver.url(),
    "project.*",
    "active",
  ]);
  assert.doesNotMatch(listed.stdout, /whsec/);
  assert.deepEqual([replayed.code, JSON.parse(replayed.stdout)], [0, { queued: 1 }]);
  assert.match(none.stdout, /queued.*0/);
  assert.equal(wrongTime.code, 2);
  assert.match(wrongTime.stderr, /Use a date such as/);
  assert.equal(unknown.code, 1);
  assert.match(unknown.stderr, /This webhook was not found\./);
  const [delivery] = await deliveriesOf(world, acme);
  assert.equal(delivery!.status, "pending");

  world.clock.advance(MINUTE);
  await using worker = await startWorker(world, "kv");
  await worker.idle();
  const ids = receiver.received.map(({ headers }) => headers["webhook-id"]);
  assert.deepEqual([ids.length, new Set(ids).size], [2, 1]);
}
