import assert from "node:assert/strict";
import { HOUR } from "../../src/platform/clock.ts";
import { addContacts, readyCampaign } from "../support/campaigns.ts";
import { serverUrl } from "../support/database.ts";
import { cli } from "../support/process.ts";
import { World } from "../support/world.ts";

/** Protects: an operator lists a tenant's campaigns and sends one from the command line. Needs a server, which two processes can share. */

Deno.test({ name: "campaigns list and send", ignore: !serverUrl, fn: listAndSend });

async function listAndSend(): Promise<void> {
  await using world = await World.open();
  const acme = await world.company("acme");
  const empty = await readyCampaign(acme.ctx, { name: "Empty" });
  const run = (...args: string[]) => cli(world.variables, "campaigns", ...args);
  const at = new Date(Date.now() + HOUR).toISOString();

  const notReady = await run("send", empty.id, "--tenant-id", "acme");
  await addContacts(acme.ctx, [{ email: "ada@example.com" }]);
  const scheduled = await run("send", empty.id, "--tenant-id", "acme", "--scheduled-at", at, "--json");
  const listed = await run("list", "--tenant-id", "acme", "--json");
  const unknown = await run("send", acme.tenant.id, "--tenant-id", "acme");
  const wrongTime = await run("send", empty.id, "--tenant-id", "acme", "--scheduled-at", "soon");

  assert.equal(notReady.code, 1);
  assert.match(notReady.stderr, /Nobody who gave consent/);
  assert.deepEqual([scheduled.code, JSON.parse(scheduled.stdout).status], [0, "scheduled"]);
  const [campaign] = JSON.parse(listed.stdout);
  assert.deepEqual([campaign.id, campaign.name, campaign.scheduled_at], [empty.id, "Empty", at]);
  assert.match(unknown.stderr, /This campaign was not found\./);
  assert.deepEqual([unknown.code, wrongTime.code], [1, 2]);
}
