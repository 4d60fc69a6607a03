// Protects: each recipient of a campaign gets one email at most, with its own values, and every outcome is counted.
import assert from "node:assert/strict";
import { eq, like } from "drizzle-orm";
import { outbox } from "../../db/control/schema/outbox.ts";
import { limitCounters } from "../../db/tenant/schema/billing.ts";
import { campaignLinks, campaignRecipients, campaigns } from "../../db/tenant/schema/campaigns.ts";
import { contacts } from "../../db/tenant/schema/contacts.ts";
import { CAMPAIGN_LIST, getCampaign, listCampaigns } from "../../src/campaigns/campaigns.ts";
import { recordNotice } from "../../src/campaigns/engagement.ts";
import { repeatFailedWork } from "../../src/campaigns/repeat_failed_work.ts";
import {
  cancelCampaign,
  pauseCampaign,
  resendUnknown,
  resumeCampaign,
  sendCampaign,
} from "../../src/campaigns/sending.ts";
import { untilWindow } from "../../src/campaigns/window.ts";
import { suppress } from "../../src/email/suppression.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../src/platform/clock.ts";
import { addContacts, POSTAL_ADDRESS, readyCampaign } from "../support/campaigns.ts";
import { EmailServer, type ReceivedEmail } from "../support/email_server.ts";
import { type Company, World } from "../support/world.ts";
import { startWorker } from "../support/jobs.ts";
import { feedOf } from "../support/notifications.ts";

const NOW = { scheduledAt: null };

function textOf({ parsed }: ReceivedEmail): string {
  return parsed.text ?? "";
}

async function finish(world: World): Promise<void> {
  await using worker = await startWorker(world, "kv");
  await worker.idle();
}

async function emailsOfMonth({ ctx }: Company): Promise<number> {
  const [row] = await ctx.tx((tx) =>
    tx.select().from(limitCounters).where(like(limitCounters.limit, "campaign_emails %"))
  );
  return row!.used;
}

async function statsOf({ ctx }: Company, id: string) {
  const { stats, status } = await getCampaign(ctx, id);
  const { waiting, sent, skipped, failed, unknown, recipients } = stats;
  return { status, waiting, sent, skipped, failed, unknown, recipients };
}

Deno.test("each recipient gets their own email, with headers to unsubscribe by one click", async () => {
  await using server = await EmailServer.start();
  await using world = await World.open({ SMTP_URL: server.url().href });
  const { ctx } = await world.company("acme", "Acme");
  await addContacts(ctx, [
    { email: "ada@example.com", name: "Ada", fields: { company: "Böhm & Söhne" } },
    { email: "bo@example.com" },
  ]);
  const { id } = await readyCampaign(ctx, {
    subject: "News for {{ name | you }}",
    body:
      "# Hello {{ name | there }}\n\nFrom {{ fields.company | us }}\n\n{{ fields.constructor | Regards }}\n\n[Open](https://acme.example/a?c={{ fields.company | none }}){button}",
  });

  await sendCampaign(ctx, id, NOW);
  await finish(world);

  const [ada, bo] = server.received.toSorted((one, other) => one.to[0]! < other.to[0]! ? -1 : 1);
  assert.equal(server.received.length, 2);
  assert.deepEqual([ada!.parsed.subject, bo!.parsed.subject], ["News for Ada", "News for you"]);
  assert.match(String(ada!.parsed.html), /Böhm &amp; Söhne/);
  assert.match(textOf(ada!), /From Böhm & Söhne/);
  assert.match(textOf(bo!), /Hello there\n\nFrom us\n\nRegards/, "a field that objects inherit has no value");
  assert.match(textOf(bo!), new RegExp(POSTAL_ADDRESS.replaceAll(", ", ",\\s")));
  const [, listed] = /^List-Unsubscribe: <(\S+)>/mi.exec(ada!.raw.replaceAll(/\r\n[ \t]+/g, " "))!;
  assert.match(listed!, /^http:\/\/acme\.localhost:\d+\/contact\/[\w.-]+\/unsubscribe$/);
  assert.match(ada!.raw, /^List-Unsubscribe-Post: List-Unsubscribe=One-Click/m);
  assert.ok(String(ada!.parsed.html).includes(listed!));
  assert.ok(textOf(ada!).includes(listed!));
  assert.equal(ada!.parsed.from!.value[0]!.name, "Acme via Denizen");
});

Deno.test("S27, S32: markup, headers and fields in a contact's values are text", async () => {
  await using server = await EmailServer.start();
  await using world = await World.open({ SMTP_URL: server.url().href });
  const { ctx } = await world.company("acme", "Acme");
  const name = `<script>alert(1)</script>" onload="x {{ email }} \${x} $& [a](javascript:x)`;
  await addContacts(ctx, [{
    email: "eve@example.com",
    name,
    fields: { to: "x\r\nBcc: victim@example.com" },
  }]);
  const { id } = await readyCampaign(ctx, {
    subject: "Hi {{ name | x }} {{ fields.to | y }}",
    body:
      "<img src=x onerror=alert(1)>\n\n{{ name | x }}\n\n[b](https://e.example/{{ name | x }}?q={{ fields.to | y }})",
  });

  await sendCampaign(ctx, id, NOW);
  await finish(world);

  const [email] = server.received;
  const html = String(email!.parsed.html);
  assert.equal(email!.parsed.cc, undefined);
  assert.deepEqual(email!.to, ["eve@example.com"]);
  assert.doesNotMatch(email!.raw, /^Bcc:/mi);
  assert.match(email!.parsed.subject!, /^Hi <script>.* x Bcc: victim@example\.com$/);
  assert.doesNotMatch(html, /<script>|<img src=x/);
  assert.match(html, /&lt;img src=x onerror=alert\(1\)&gt;/);
  assert.match(
    html,
    /&lt;script&gt;alert\(1\)&lt;\/script&gt;&quot; onload=&quot;x \{\{ email \}\} \$\{x\} \$&amp;/,
  );
});

Deno.test("names and numbers of characters are the characters, and still text", async () => {
  await using server = await EmailServer.start();
  await using world = await World.open({ SMTP_URL: server.url().href });
  const { ctx } = await world.company("acme");
  await addContacts(ctx, [{ email: "ada@example.com", name: "Ada" }]);
  const { id } = await readyCampaign(ctx, {
    body:
      "R&amp;D &lt;b&gt; &#8364;5 &copy; &nothing; &#xE000;0&#xE001; `&amp;` \\&amp;\n\n[x](https://acme.example/?a=1&amp;b=2)",
  });

  await sendCampaign(ctx, id, NOW);
  await finish(world);

  const [email] = server.received;
  assert.match(textOf(email!), /R&D <b> €5 © &nothing; &#xE000;0&#xE001; `&amp;` &amp;\n/);
  assert.match(String(email!.parsed.html), /R&amp;D &lt;b&gt; €5/);
  const [link] = await ctx.tx((tx) => tx.select().from(campaignLinks));
  assert.equal(link!.url, "https://acme.example/?a=1&b=2");
});

Deno.test("who has no consent, is suppressed or was deleted since is skipped, and bad addresses fail", async () => {
  await using server = await EmailServer.start({
    refuseRecipient: (address) => address.startsWith("gone") ? "550 5.1.1 No such user" : undefined,
  });
  await using world = await World.open({ SMTP_URL: server.url().href });
  const acme = await world.company("acme");
  const { ctx } = acme;
  const [, left, deleted] = await addContacts(ctx, [
    { email: "stays@example.com" },
    { email: "left@example.com" },
    { email: "deleted@example.com" },
    { email: "spam@example.com" },
    { email: "gone@example.com" },
    { email: "never@example.com", consent: "none" },
  ]);
  await suppress(world.system, { address: "spam@example.com", reason: "complaint", detail: "" });
  const { id } = await readyCampaign(ctx);
  await sendCampaign(ctx, id, NOW);
  await ctx.tx(async (tx) => {
    for (const [position, contactId] of [left, deleted].entries()) {
      await tx.insert(campaignRecipients).values({ campaignId: id, contactId: contactId! });
      if (position === 0) {
        await tx.update(contacts).set({ consent: "withdrawn" }).where(eq(contacts.id, contactId!));
      } else await tx.delete(contacts).where(eq(contacts.id, contactId!));
    }
  });

  await finish(world);

  assert.deepEqual(await statsOf(acme, id), {
    status: "sent",
    waiting: 0,
    sent: 1,
    skipped: 3,
    failed: 1,
    unknown: 0,
    recipients: 5,
  });
  assert.deepEqual(server.received.map(({ to }) => to[0]), ["stays@example.com"]);
  const rows = await ctx.tx((tx) =>
    tx.select({ reason: campaignRecipients.reason }).from(campaignRecipients)
  );
  assert.deepEqual(rows.flatMap(({ reason }) => reason ?? []).toSorted(), [
    "550 5.1.1 No such user",
    "deleted",
    "no_consent",
    "suppressed",
  ]);
  assert.equal(await emailsOfMonth(acme), 1, "emails that never left don't count");
});

Deno.test("an address that the server puts off doesn't hold up the others", async () => {
  await using server = await EmailServer.start({
    refuseRecipient: (address) => address.startsWith("c0@") ? "451 4.3.0 Try later" : undefined,
  });
  await using world = await World.open({ SMTP_URL: server.url().href });
  const acme = await world.company("acme");
  const { ctx } = acme;
  await addContacts(ctx, Array.from({ length: 3 }, (_, index) => ({ email: `c${index}@example.com` })));
  const { id } = await readyCampaign(ctx, { ratePerHour: 60 });
  await sendCampaign(ctx, id, NOW);

  for (let minute = 0; minute < 3; minute++) {
    await finish(world);
    world.clock.advance(MINUTE);
  }

  const { status, sent, waiting } = await statsOf(acme, id);
  assert.deepEqual([status, sent, waiting], ["sending", 2, 1]);
  assert.equal(await emailsOfMonth(acme), 2);
});

Deno.test("an outage of the email server stops a campaign for a minute, and then it sends to everybody", async () => {
  let attempts = 0;
  let isDown = true;
  await using server = await EmailServer.start({
    refuseRecipient: () => ++attempts && isDown ? "451 4.3.0 Busy" : undefined,
  });
  await using world = await World.open({ SMTP_URL: server.url().href });
  const acme = await world.company("acme");
  const { ctx } = acme;
  await addContacts(ctx, Array.from({ length: 8 }, (_, index) => ({ email: `c${index}@example.com` })));
  const { id } = await readyCampaign(ctx);
  await sendCampaign(ctx, id, NOW);
  await finish(world);
  const duringOutage = attempts;

  isDown = false;
  world.clock.advance(MINUTE + SECOND);
  await finish(world);

  assert.ok(duringOutage <= 4, `${duringOutage} attempts`);
  const { status, sent } = await statsOf(acme, id);
  assert.deepEqual([status, sent, server.received.length], ["sent", 8, 8]);
});

Deno.test("an email that is on its way while the campaign is canceled doesn't wait forever", async () => {
  let cancel = () => Promise.resolve();
  await using server = await EmailServer.start({
    onRcptTo: async (_address, _session, done) => {
      await cancel();
      done(Object.assign(new Error("4.3.0 Busy"), { responseCode: 451 }));
    },
  });
  await using world = await World.open({ SMTP_URL: server.url().href });
  const acme = await world.company("acme");
  const { ctx } = acme;
  const [, lost] = await addContacts(ctx, [{ email: "ada@example.com" }, { email: "bo@example.com" }]);
  const { id } = await readyCampaign(ctx);
  cancel = async () => {
    cancel = () => Promise.resolve();
    await cancelCampaign(ctx, id);
  };
  await sendCampaign(ctx, id, NOW);
  const claimed = { state: "claimed" as const, claimedAt: world.clock.now() };
  await ctx.tx((tx) =>
    tx.insert(campaignRecipients).values({ campaignId: id, contactId: lost!, ...claimed })
  );

  await finish(world);
  world.clock.advance(12 * MINUTE);
  await finish(world);

  const { status, waiting, skipped, unknown } = await statsOf(acme, id);
  assert.deepEqual([status, waiting, skipped, unknown], ["canceled", 0, 1, 1]);
});

Deno.test("pausing stops within five seconds, and resuming sends the rest once", async () => {
  await using server = await EmailServer.start({ delay: 50 });
  await using world = await World.open({ SMTP_URL: server.url().href });
  const acme = await world.company("acme");
  const { ctx } = acme;
  await addContacts(ctx, Array.from({ length: 40 }, (_, index) => ({ email: `c${index}@example.com` })));
  const { id } = await readyCampaign(ctx);
  await sendCampaign(ctx, id, NOW);
  await using worker = await startWorker(world, "kv");
  while (server.received.length < 5) await new Promise((resolve) => setTimeout(resolve, 5));

  const pausedAt = performance.now();
  await pauseCampaign(ctx, id);
  await worker.idle();
  const took = performance.now() - pausedAt;
  const whilePaused = server.received.length;
  const paused = await statsOf(acme, id);
  await resumeCampaign(ctx, id);
  await worker.idle();

  assert.ok(took < 5 * SECOND, `${took} ms`);
  assert.ok(whilePaused < 15, `${whilePaused} emails`);
  assert.deepEqual([paused.status, paused.waiting], ["paused", 40 - whilePaused]);
  assert.equal(new Set(server.received.map(({ to }) => to[0])).size, 40);
  assert.equal(server.received.length, 40);
  assert.equal((await statsOf(acme, id)).status, "sent");
});

Deno.test("a canceled campaign skips the rest, and a canceled schedule is a draft again", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const { ctx } = acme;
  await addContacts(ctx, [{ email: "ada@example.com" }]);
  const [sending, scheduled] = [await readyCampaign(ctx), await readyCampaign(ctx)];
  await sendCampaign(ctx, sending.id, NOW);
  const at = new Date(world.clock.now().getTime() + HOUR).toISOString();
  await sendCampaign(ctx, scheduled.id, { scheduledAt: at });

  await cancelCampaign(ctx, sending.id);
  const draft = await cancelCampaign(ctx, scheduled.id);
  world.clock.advance(2 * HOUR);
  await finish(world);

  assert.deepEqual([draft.status, draft.scheduledAt], ["draft", null]);
  assert.deepEqual(await world.emails("ada@example.com"), []);
  assert.equal((await getCampaign(ctx, sending.id)).status, "canceled");
});

Deno.test("a scheduled campaign starts at its time, and one that is over an hour late asks first", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const { ctx } = acme;
  await addContacts(ctx, [{ email: "ada@example.com" }]);
  const [first, late] = [await readyCampaign(ctx), await readyCampaign(ctx)];
  const inTwoHours = new Date(world.clock.now().getTime() + 2 * HOUR).toISOString();
  const tomorrow = new Date(world.clock.now().getTime() + DAY).toISOString();
  await sendCampaign(ctx, first.id, { scheduledAt: inTwoHours });
  await sendCampaign(ctx, late.id, { scheduledAt: tomorrow });

  world.clock.advance(HOUR);
  await finish(world);
  const early = await world.emails("ada@example.com");
  world.clock.advance(HOUR + MINUTE);
  await finish(world);
  const inTime = await world.emails("ada@example.com");
  world.clock.advance(DAY);
  await finish(world);
  const missed = await getCampaign(ctx, late.id);
  await sendCampaign(ctx, late.id, NOW);
  await finish(world);

  assert.deepEqual([early.length, inTime.length], [0, 1]);
  assert.equal(missed.status, "missed");
  assert.equal((await world.emails("ada@example.com")).length, 2);
});

Deno.test("emails go out within the window and at the rate", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const { ctx } = acme;
  await addContacts(ctx, Array.from({ length: 3 }, (_, index) => ({ email: `c${index}@example.com` })));
  const { hour } = Temporal.Instant.fromEpochMilliseconds(world.clock.now().getTime()).toZonedDateTimeISO(
    "UTC",
  );
  const { id } = await readyCampaign(ctx, {
    windowFrom: (hour + 2) % 24,
    windowUntil: (hour + 5) % 24,
    ratePerHour: 60,
  });
  await sendCampaign(ctx, id, NOW);
  const counts: number[] = [];

  for (const wait of [0, 2 * HOUR, MINUTE, MINUTE]) {
    world.clock.advance(wait);
    await finish(world);
    counts.push((await statsOf(acme, id)).sent);
  }

  assert.deepEqual(counts, [0, 1, 2, 3]);
});

Deno.test("the better subject of a test goes to the others", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const { ctx } = acme;
  await addContacts(ctx, Array.from({ length: 40 }, (_, index) => ({ email: `c${index}@example.com` })));
  const { id } = await readyCampaign(ctx, {
    subject: "First",
    subjectB: "Second",
    testShare: 50,
    testHours: 3,
  });
  await sendCampaign(ctx, id, NOW);
  await finish(world);
  const tested = await world.emails();
  await ctx.tx((tx) =>
    tx.update(campaignRecipients).set({ clickedAt: world.clock.now() }).where(
      eq(campaignRecipients.variant, "b"),
    )
  );

  world.clock.advance(3 * HOUR + SECOND);
  await finish(world);

  const subjects = Map.groupBy(await world.emails(), ({ subject }) => subject);
  const firsts = subjects.get("First")!.length;
  assert.ok(tested.length > 5 && tested.length < 35, `${tested.length} in the test`);
  assert.ok(firsts > 1 && firsts < 20, `${firsts} of the first subject`);
  assert.equal(subjects.get("Second")!.length, 40 - firsts);
  const { status, winner } = await getCampaign(ctx, id);
  assert.deepEqual([status, winner], ["sent", "b"]);
});

Deno.test("the plan's emails of the month pause a campaign, and the next month it goes on", async () => {
  await using world = await World.open();
  const acme = await world.company("acme", "Acme", undefined, "team");
  const { ctx } = acme;
  await addContacts(ctx, [{ email: "a@example.com" }, { email: "b@example.com" }]);
  const { id } = await readyCampaign(ctx);
  const month = world.clock.now().toISOString().slice(0, 7);
  await world.asOwner(
    `insert into ${acme.tenant.schemaName}.limit_counters values ('campaign_emails ${month}', 49999)`,
  );
  await sendCampaign(ctx, id, NOW);
  await finish(world);
  const paused = await getCampaign(ctx, id);
  const told = (await feedOf(world, acme.owner)).map(({ kind }) => kind);

  world.clock.advance(32 * DAY);
  await resumeCampaign(ctx, id);
  await pauseCampaign(ctx, id);
  await resumeCampaign(ctx, id);
  await finish(world);

  assert.deepEqual([paused.status, paused.pauseReason, paused.stats.sent], ["paused", "limit", 1]);
  assert.deepEqual(told, ["campaign_stopped"]);
  const stopped = (await feedOf(world, acme.owner)).filter(({ kind }) => kind === "campaign_stopped");
  assert.equal(stopped.length, 1, "who pauses a campaign isn't told of it");
  assert.deepEqual((await statsOf(acme, id)).sent, 2);
});

Deno.test("an email that was claimed by a dead process becomes unknown, and is sent again by hand only", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const { ctx } = acme;
  const [contactId] = await addContacts(ctx, [{ email: "ada@example.com" }]);
  const { id } = await readyCampaign(ctx);
  await sendCampaign(ctx, id, NOW);
  const claimedAt = world.clock.now();
  await ctx.tx((tx) =>
    tx.insert(campaignRecipients).values({
      campaignId: id,
      contactId: contactId!,
      state: "claimed",
      claimedAt,
    })
  );
  await finish(world);
  const meanwhile = await statsOf(acme, id);
  world.clock.advance(15 * MINUTE);
  await finish(world);
  const ended = await statsOf(acme, id);
  const emails = await world.emails("ada@example.com");

  await resendUnknown(ctx, id);
  await finish(world);

  assert.deepEqual([meanwhile.status, meanwhile.waiting], ["sending", 1]);
  assert.deepEqual([ended.status, ended.unknown, emails.length], ["sent", 1, 0]);
  assert.equal((await world.emails("ada@example.com")).length, 1);
  assert.deepEqual((await statsOf(acme, id)).sent, 1);
});

Deno.test("a campaign whose job failed for good goes on", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const { ctx } = acme;
  await addContacts(ctx, [{ email: "ada@example.com" }]);
  const { id } = await readyCampaign(ctx);
  await sendCampaign(ctx, id, NOW);
  await world.system.control.update(outbox).set({ state: "failed", endedAt: world.clock.now() })
    .where(eq(outbox.name, "campaigns.work"));
  await finish(world);
  const stuck = await statsOf(acme, id);

  for (let run = 0; run < 2; run++) {
    await repeatFailedWork(world.system);
    await finish(world);
  }

  assert.deepEqual([stuck.status, stuck.recipients], ["sending", 0]);
  assert.deepEqual([(await statsOf(acme, id)).status, (await world.emails("ada@example.com")).length], [
    "sent",
    1,
  ]);
});

Deno.test("the figures of a campaign that ended are counted once, and again after a change", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const { ctx } = acme;
  await addContacts(ctx, [{ email: "ada@example.com" }]);
  const { id } = await readyCampaign(ctx);
  await sendCampaign(ctx, id, NOW);
  await finish(world);
  const { stats } = await getCampaign(ctx, id);
  const [kept] = await ctx.tx((tx) => tx.select({ counted: campaigns.counted }).from(campaigns));
  await ctx.tx((tx) => tx.update(campaigns).set({ counted: { ...stats, clicked: 7 } }));

  const [listed] = (await listCampaigns(ctx, CAMPAIGN_LIST.query.parse({}))).items;
  const [recipient] = await ctx.tx((tx) => tx.select().from(campaignRecipients));
  const tags = { tenant: acme.tenant.id, recipient: recipient!.id };
  await recordNotice(world.system, { kind: "bounced", tags });

  assert.deepEqual(kept!.counted, stats);
  assert.equal(listed!.stats.clicked, 7);
  assert.deepEqual((await getCampaign(ctx, id)).stats, { ...stats, bounced: 1 });
});

Deno.test("a window from 24 to 0 is the whole day", () => {
  const at = new Date("2026-03-02T00:30:00Z");

  const waits = [[24, 0], [24, 6], [22, 0], [9, 17]].map(([windowFrom, windowUntil]) =>
    untilWindow({ timeZones: [] }, { windowFrom: windowFrom!, windowUntil: windowUntil! }, at)
  );

  assert.deepEqual(waits, [0, 0, 21.5 * HOUR, 8.5 * HOUR]);
});
