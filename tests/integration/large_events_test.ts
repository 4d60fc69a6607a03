import assert from "node:assert/strict";
import { unsubscribeUrl } from "../../src/contacts/links.ts";
import { createContactList } from "../../src/contacts/lists.ts";
import { startWorker } from "../support/jobs.ts";
import { Receiver } from "../support/receiver.ts";
import { addWebhook, openWebhookWorld } from "../support/webhooks.ts";
import type { Company, World } from "../support/world.ts";

/** Protects: whatever a contact may contain, its changes succeed and reach webhooks. */

for (const hasEndpoint of [true, false]) {
  const name = hasEndpoint ? "with a webhook" : "without a webhook";
  Deno.test(`${name}, the largest contact is created, changed, unsubscribed by one click and deleted`, async () => {
    await using world = await openWebhookWorld();
    await using receiver = await Receiver.open();
    const acme = await world.company("acme");
    if (hasEndpoint) await addWebhook(acme, receiver.url(), { events: ["contact.*"] });
    const body = await largestContact(acme);
    const token = await world.token(acme);

    const created = await world.api("POST", "/contacts", { token, body });
    const path = `/contacts/${created.json.id}`;
    const changed = await world.api("PATCH", path, { token, body: { name: "明".repeat(120) } });
    const unsubscribed = await world.browser().post(unsubscribeUrl(acme.ctx, created.json.id), {
      "List-Unsubscribe": "One-Click",
    });
    const read = await world.api("GET", path, { token });
    const deleted = await world.api("DELETE", path, { token });
    await runJobs(world);

    assert.deepEqual(
      [created.status, changed.status, unsubscribed.status, deleted.status],
      [201, 200, 200, 204],
    );
    assert.equal(read.json.consent_status, "withdrawn");
    const sent = receiver.received.map(({ body }) => JSON.parse(body));
    assert.deepEqual(
      sent.map(({ type }) => type).sort(),
      hasEndpoint
        ? ["created", "deleted", "subscribed", "unsubscribed", "updated"].map((verb) => `contact.${verb}`)
        : [],
    );
    assert.ok(sent.every(({ data }) => Object.values(data.fields).join("").length === 15_000));
  });
}

/** As much of everything as a contact may have, in characters of three bytes. */
async function largestContact({ ctx }: Company) {
  const lists: string[] = [];
  for (let number = 0; number < 100; number++) {
    lists.push((await createContactList(ctx, { name: `List ${number}`, description: "" })).id);
  }
  return {
    email: "mei@example.com",
    name: "字".repeat(120),
    external_id: "字".repeat(200),
    fields: Object.fromEntries(numbers(30).map((number) => [`${"f".repeat(38)}${number}`, "字".repeat(500)])),
    tags: numbers(50).map((number) => `${"字".repeat(38)}${number}`),
    lists,
    consent: true,
  };
}

/** As many numbers of two digits. */
function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => 10 + index);
}

async function runJobs(world: World): Promise<void> {
  await using worker = await startWorker(world, "kv");
  await worker.idle();
}
