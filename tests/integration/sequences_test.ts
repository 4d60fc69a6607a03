import assert from "node:assert/strict";
import { eq, like } from "drizzle-orm";
import { limitCounters } from "../../db/tenant/schema/billing.ts";
import { contacts } from "../../db/tenant/schema/contacts.ts";
import { sequenceEmails, sequences } from "../../db/tenant/schema/sequences.ts";
import { trackEvent } from "../../src/analytics/track/track.ts";
import { recordNotice } from "../../src/campaigns/engagement.ts";
import { changePostalAddress } from "../../src/campaigns/settings.ts";
import { consentHistory } from "../../src/contacts/consent.ts";
import { createContactList, newContactList } from "../../src/contacts/lists.ts";
import type { TenantContext } from "../../src/context.ts";
import { DAY, HOUR, MINUTE } from "../../src/platform/clock.ts";
import { moveNext } from "../../src/sequences/claim.ts";
import { enroll } from "../../src/sequences/enrollment.ts";
import { newSequence } from "../../src/sequences/sequence.ts";
import {
  createSequence,
  getSequence,
  startSequence,
  stopSequence,
  updateSequence,
} from "../../src/sequences/sequences.ts";
import { addContacts } from "../support/campaigns.ts";
import { EmailServer } from "../support/email_server.ts";
import { runJobs } from "../support/notifications.ts";
import { World } from "../support/world.ts";

/** Protects: contacts get each email of a sequence once and at its time, and none after they unsubscribed or reached the goal. */

const BROWSER = "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/145.0";
const step = (delayHours: number, subject: string, more = {}) => ({
  delayHours,
  subject,
  body: "Hi {{ name | there }}",
  ...more,
});

async function scene(settings: { refuse?: (address: string) => string | undefined } = {}) {
  const server = await EmailServer.start({ refuseRecipient: settings.refuse });
  const world = await World.open({ SMTP_URL: server.url().href });
  const { ctx } = await world.company("acme", "Acme");
  await changePostalAddress(ctx, { postalAddress: "1 Main Street, Springfield" });
  const pass = async (milliseconds: number) => {
    world.clock.advance(milliseconds);
    await runJobs(world);
  };
  const subjects = () => server.received.map(({ parsed, to }) => `${to[0]} ${parsed.subject}`);
  const close = async () => {
    await world[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  };
  return { world, ctx, server, pass, subjects, [Symbol.asyncDispose]: close };
}

async function started(ctx: TenantContext, input: Partial<typeof newSequence._input>) {
  const values = { name: "Welcome", trigger: { type: "tag" as const, value: "trial" }, ...input };
  const { id } = await createSequence(ctx, newSequence.parse(values));
  await startSequence(ctx, id);
  return id;
}

Deno.test("contacts with the tag get each step at its time, once, and each with their own values", async () => {
  await using open = await scene();
  const { ctx, pass, subjects, server } = open;
  await addContacts(ctx, [
    { email: "ada@globex.example", name: "Ada", tags: ["trial"] },
    { email: "bo@globex.example", tags: ["other"] },
    { email: "cy@globex.example", tags: ["trial"], consent: "none" },
  ]);
  const id = await started(ctx, {
    steps: [
      step(0, "One for {{ name | you }}"),
      step(24, "Two", { body: "{{ fields.constructor | Regards }}" }),
    ],
  });

  await pass(0);
  const first = subjects();
  await pass(23 * HOUR);
  const early = subjects();
  await pass(HOUR + MINUTE);
  await pass(DAY);
  await pass(DAY);
  const { stats, stepStats } = await getSequence(ctx, id);

  assert.deepEqual([first, early], [["ada@globex.example One for Ada"], ["ada@globex.example One for Ada"]]);
  assert.deepEqual(subjects(), ["ada@globex.example One for Ada", "ada@globex.example Two"]);
  assert.match(server.received[0]!.raw, /^List-Unsubscribe-Post: List-Unsubscribe=One-Click/m);
  assert.match(server.received[0]!.parsed.text ?? "", /1 Main Street, Springfield/);
  assert.match(server.received[1]!.parsed.text ?? "", /Regards/, "a field that objects inherit has no value");
  assert.deepEqual([stats.started, stats.finished, stepStats.map(({ sent }) => sent)], [1, 1, [1, 1]]);
});

Deno.test("a list or a tracked event starts it as well, also for contacts who come later", async () => {
  await using open = await scene();
  const { ctx, pass, subjects } = open;
  const list = await createContactList(ctx, newContactList.parse({ name: "News" }));
  await started(ctx, { trigger: { type: "list", value: list.id }, steps: [step(0, "List")] });
  await trackEvent(ctx, { event: "signed_up", userId: "customer-1" });
  await pass(MINUTE);
  await started(ctx, { trigger: { type: "event", value: "signed_up" }, steps: [step(0, "Event")] });
  await addContacts(ctx, [
    { email: "ada@globex.example", listIds: [list.id] },
    { email: "bo@globex.example", externalId: "customer-1" },
    { email: "cy@globex.example", externalId: "customer-2" },
  ]);

  await pass(MINUTE);
  await trackEvent(ctx, { event: "signed_up", userId: "customer-2" });
  await pass(MINUTE);

  assert.deepEqual(subjects().sort(), ["ada@globex.example List", "cy@globex.example Event"]);
});

Deno.test("it ends for contacts who unsubscribe, reach the goal, or are deleted", async () => {
  await using open = await scene();
  const { ctx, pass, subjects } = open;
  const people = ["ada", "bo", "cy", "di"].map((name) => ({
    email: `${name}@globex.example`,
    externalId: name,
    tags: ["trial"],
  }));
  const ids = await addContacts(ctx, people);
  const id = await started(ctx, {
    goal: { type: "event", value: "paid" },
    steps: [step(0, "One"), step(24, "Two")],
  });
  await pass(0);

  await ctx.tx((tx) => tx.update(contacts).set({ consent: "withdrawn" }).where(eq(contacts.id, ids[0]!)));
  await trackEvent(ctx, { event: "paid", userId: "bo" });
  await ctx.tx((tx) => tx.delete(contacts).where(eq(contacts.id, ids[2]!)));
  await pass(DAY);
  const { stats } = await getSequence(ctx, id);

  assert.deepEqual(subjects().filter((line) => line.endsWith("Two")), ["di@globex.example Two"]);
  assert.deepEqual(stats, { started: 4, active: 0, finished: 1, goal: 1, unsubscribed: 1, deleted: 1 });
});

Deno.test("a step after a click goes to those who clicked, and a program's click doesn't count", async () => {
  await using open = await scene();
  const { world, ctx, pass, subjects, server } = open;
  await addContacts(ctx, ["ada", "bo"].map((name) => ({ email: `${name}@globex.example`, tags: ["trial"] })));
  const body = "[Read](https://acme.example/start?c={{ email }})";
  const id = await started(ctx, {
    steps: [step(0, "One", { body }), step(24, "More", { condition: { type: "clicked" } })],
  });
  await pass(0);
  const linkIn = (to: string) =>
    new URL(
      /http:\/\/acme\.localhost:\d+\/s\/[\w-]+/.exec(
        server.received.find((each) => each.to[0] === to)!.parsed.text!,
      )![0],
    );
  const click = (to: string, agent: string) =>
    world.raw("GET", world.host("acme"), linkIn(to).pathname, { "User-Agent": agent });

  world.clock.advance(MINUTE);
  const answer = await click("ada@globex.example", BROWSER);
  await click("bo@globex.example", "curl/8.5");
  const forged = await world.raw("GET", world.host("acme"), "/s/forged", { "User-Agent": BROWSER });
  await pass(DAY);

  assert.deepEqual([answer.status, answer.headers.location], [
    302,
    "https://acme.example/start?c=ada%40globex.example",
  ]);
  assert.equal(forged.status, 404);
  assert.deepEqual(subjects().filter((line) => line.endsWith("More")), ["ada@globex.example More"]);
  const { stepStats } = await getSequence(ctx, id);
  assert.deepEqual(stepStats.map(({ clicked, skipped }) => [clicked, skipped]), [[1, 0], [0, 1]]);
});

Deno.test("a contact gets no more emails than the cap allows, over all sequences", async () => {
  await using open = await scene();
  const { ctx, pass, subjects } = open;
  await addContacts(ctx, [{ email: "ada@globex.example", tags: ["trial"] }]);
  const cap = { capEmails: 1, capDays: 2 };
  await started(ctx, { name: "A", ...cap, steps: [step(0, "A1"), step(0, "A2")] });
  await started(ctx, { name: "B", ...cap, steps: [step(0, "B1")] });

  const counts = [];
  for (let day = 0; day < 6; day++) {
    await pass(day === 0 ? 0 : DAY);
    counts.push(subjects().length);
  }

  assert.deepEqual(counts, [1, 1, 2, 2, 3, 3]);
});

Deno.test("a stopped sequence sends nothing, and contacts go on where they were when it starts again", async () => {
  await using open = await scene();
  const { ctx, pass, subjects } = open;
  await addContacts(ctx, [{ email: "ada@globex.example", tags: ["trial"] }]);
  const id = await started(ctx, { steps: [step(0, "One"), step(1, "Two")] });
  await pass(0);
  await stopSequence(ctx, id);

  await pass(DAY);
  const whileStopped = subjects().length;
  const { steps } = await getSequence(ctx, id);
  await updateSequence(ctx, id, { steps: [steps[0]!, { ...steps[1]!, subject: "New two" }] });
  await startSequence(ctx, id);
  await pass(MINUTE);

  assert.equal(whileStopped, 1);
  assert.deepEqual(subjects(), ["ada@globex.example One", "ada@globex.example New two"]);
});

Deno.test("a job that runs while its sequence is stopped starts nobody and sends nothing more", async () => {
  await using open = await scene();
  const { world, ctx, pass } = open;
  await addContacts(ctx, [{ email: "ada@globex.example", tags: ["trial"] }]);
  const id = await started(ctx, { steps: [step(0, "One"), step(1, "Two")] });
  await pass(0);
  await addContacts(ctx, [{ email: "bo@globex.example", tags: ["trial"] }]);
  const [ofJob] = await ctx.tx((tx) => tx.select().from(sequences));
  await stopSequence(ctx, id);
  world.clock.advance(DAY);

  const hasMore = await ctx.tx((tx) => enroll(tx, ofJob!, world.clock.now()));
  const moved = await ctx.tx((tx) => moveNext(tx, ofJob!, world.clock.now()));

  assert.deepEqual([hasMore, moved], [false, "none"]);
  assert.equal((await getSequence(ctx, id)).stats.started, 1);
});

Deno.test("an address that the server puts off doesn't hold up the others", async () => {
  await using open = await scene({ refuse: (to) => to.startsWith("ada") ? "451 4.3.0 Busy" : undefined });
  const { ctx, pass, subjects } = open;
  await addContacts(
    ctx,
    ["ada", "bo", "cy"].map((name) => ({ email: `${name}@globex.example`, tags: ["trial"] })),
  );
  await started(ctx, { steps: [step(0, "One")] });

  await pass(0);

  assert.deepEqual(subjects().sort(), ["bo@globex.example One", "cy@globex.example One"]);
});

Deno.test("a complaint withdraws the consent, and a bounce counts, also of an email of a sequence", async () => {
  await using open = await scene();
  const { world, ctx, pass } = open;
  await addContacts(ctx, [{ email: "ada@globex.example", tags: ["trial"] }]);
  const id = await started(ctx, { steps: [step(0, "One"), step(24, "Two")] });
  await pass(0);
  const [email] = await ctx.tx((tx) => tx.select().from(sequenceEmails));
  const tags = { tenant: ctx.tenant.id, recipient: email!.id };

  await recordNotice(world.system, { kind: "bounced", tags });
  await recordNotice(world.system, { kind: "complained", tags });
  await pass(DAY);

  const { stats, stepStats } = await getSequence(ctx, id);
  const [contact] = await ctx.tx((tx) => tx.select().from(contacts));
  const [record] = await ctx.tx((tx) => consentHistory(tx, contact!.id)).then((all) => all.toReversed());
  assert.deepEqual([stepStats[0]!.bounced, stats.unsubscribed], [1, 1]);
  assert.deepEqual([contact!.consent, record!.kind, record!.source], ["withdrawn", "withdrawn", "complaint"]);
});

Deno.test("a step that was sent isn't sent again after the steps changed places", async () => {
  await using open = await scene();
  const { ctx, pass, subjects } = open;
  await addContacts(ctx, [{ email: "ada@globex.example", tags: ["trial"] }]);
  const id = await started(ctx, { steps: [step(0, "One"), step(1, "Two")] });
  await pass(0);
  await stopSequence(ctx, id);
  const { steps } = await getSequence(ctx, id);
  await updateSequence(ctx, id, { steps: steps.toReversed() });
  await startSequence(ctx, id);

  await pass(DAY);
  await pass(DAY);

  assert.deepEqual(subjects(), ["ada@globex.example One"]);
});

Deno.test("an email that the server puts off is tried again, and one that it refuses isn't", async () => {
  let reply: string | undefined = "451 4.3.0 Busy";
  await using open = await scene({ refuse: () => reply });
  const { ctx, pass, subjects } = open;
  await addContacts(ctx, [{ email: "ada@globex.example", tags: ["trial"] }]);
  const id = await started(ctx, { steps: [step(0, "One"), step(1, "Two")] });

  await pass(0);
  reply = undefined;
  await pass(2 * MINUTE);
  await pass(2 * MINUTE);
  const retried = subjects();
  reply = "550 5.1.1 No such user";
  await pass(DAY);
  const { stepStats, stats } = await getSequence(ctx, id);

  assert.deepEqual(retried, ["ada@globex.example One"]);
  assert.deepEqual(stepStats.map(({ sent, failed, bounced }) => [sent, failed, bounced]), [[1, 0, 0], [
    0,
    1,
    1,
  ]]);
  assert.equal(stats.started, 1);
  const [counter] = await ctx.tx((tx) =>
    tx.select().from(limitCounters).where(like(limitCounters.limit, "campaign_emails %"))
  );
  assert.equal(counter!.used, 1, "emails that never left don't count");
});

Deno.test("an email that was claimed when its process died is never sent again", async () => {
  await using open = await scene();
  const { ctx, pass, subjects } = open;
  await addContacts(ctx, [{ email: "ada@globex.example", tags: ["trial"] }]);
  const id = await started(ctx, { steps: [step(0, "One"), step(1, "Two")] });
  await pass(0);
  await ctx.tx((tx) => tx.update(sequenceEmails).set({ state: "claimed" }));

  await pass(HOUR + MINUTE);
  const { stepStats } = await getSequence(ctx, id);

  assert.deepEqual(subjects(), ["ada@globex.example One", "ada@globex.example Two"]);
  assert.equal(stepStats[0]!.sent, 1, "an unknown outcome counts as sent");
});
