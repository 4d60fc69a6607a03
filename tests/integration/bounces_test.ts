import { Buffer } from "node:buffer";
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { campaignRecipients } from "../../db/tenant/schema/campaigns.ts";
import { contacts } from "../../db/tenant/schema/contacts.ts";
import { outbox } from "../../db/control/schema/outbox.ts";
import { returnAddress } from "../../src/bounces/return_path.ts";
import { getCampaign } from "../../src/campaigns/campaigns.ts";
import { createContactList } from "../../src/contacts/lists.ts";
import { deliver } from "../../src/email/deliver.ts";
import { findSuppression } from "../../src/email/suppression.ts";
import { MINUTE } from "../../src/platform/clock.ts";
import { newId } from "../../src/platform/ids.ts";
import { contactOf, EMAIL_ID, report, SECRET, SETTINGS, ZOE } from "../support/bounces.ts";
import { addContacts, readyCampaign } from "../support/campaigns.ts";
import { runJobs } from "../support/notifications.ts";
import { sampleEmail } from "../support/sample_email.ts";
import { World } from "../support/world.ts";

/**
 * Protects: after a bounce, the address that the email went to, and no other, gets no more campaigns of the workspace, but everything
 * else. Only the mail server can report one.
 */

Deno.test("a permanent failure ends the workspace's campaigns to the address, and readers get the bounce", async () => {
  await using world = await World.open(SETTINGS);
  const { acme, id, address } = await contactOf(world);
  const readers = world.services.bounceReaders as { name: string; queue: "email" }[];
  readers.push({ name: "test.bounced", queue: "email" });

  const answers = [await post(world, report(address)), await post(world, report(address))];

  assert.deepEqual(answers.map(({ status }) => status), [200, 200]);
  assert.equal(await findSuppression(world.system, ZOE, acme.tenant.id), "bounce");
  const jobs = (await world.system.control.select().from(outbox)).filter(({ name }) =>
    name === "test.bounced"
  );
  assert.equal(jobs[0]!.tenantId, acme.tenant.id);
  assert.deepEqual(jobs[0]!.payload, {
    contactId: id,
    emailId: EMAIL_ID,
    status: "5.1.1",
    detail: "550 5.1.1 <zoe@globex.example>: No such user",
  });
});

Deno.test("a workspace that forges a bounce stops its own campaigns only, until the person subscribes again", async () => {
  await using world = await World.open(SETTINGS);
  const { acme, address } = await contactOf(world);
  const globex = await world.company("globex");
  const list = await createContactList(acme.ctx, { name: "News", description: "" });
  const emailTo = (tenantId: string | null, category: string | null) =>
    deliver(world.system, sampleEmail({ to: { name: "", address: ZOE }, tenantId, category }));
  await post(world, report(address));

  const campaign = await emailTo(acme.tenant.id, "campaigns");
  const others = [
    await emailTo(acme.tenant.id, null),
    await emailTo(globex.tenant.id, "campaigns"),
    await emailTo(null, null),
  ];
  await world.browser().post(`http://${world.host("acme")}/subscribe/${list.id}`, { email: ZOE });
  await runJobs(world);
  const links = (await world.emails(ZOE)).flatMap(({ links }) => links);
  await world.browser().post(links.find((link) => link.includes("/subscribe/confirm/"))!, {});
  const subscribed = await emailTo(acme.tenant.id, "campaigns");

  assert.equal(campaign.status, "suppressed");
  assert.deepEqual(others.map(({ status }) => status), ["accepted", "accepted", "accepted"]);
  assert.equal(subscribed.status, "accepted");
});

Deno.test("a campaign counts the bounce of its own email to that contact only", async () => {
  await using world = await World.open(SETTINGS);
  const { acme: { ctx }, id, address } = await contactOf(world);
  const [other] = await addContacts(ctx, [{ email: "other@globex.example" }]);
  const campaign = await readyCampaign(ctx);
  const emails = [{ id: EMAIL_ID, contactId: id }, { id: newId(), contactId: other! }];
  await ctx.tx((tx) =>
    tx.insert(campaignRecipients).values(
      emails.map((email) => ({ ...email, campaignId: campaign.id, state: "sent" as const })),
    )
  );

  await post(world, report(address).replace(EMAIL_ID, emails[1]!.id));
  await runJobs(world);
  const afterForgedId = await getCampaign(ctx, campaign.id);
  await post(world, report(address));
  await runJobs(world);
  const { stats } = await getCampaign(ctx, campaign.id);

  assert.deepEqual([afterForgedId.stats.bounced, stats.bounced], [0, 1]);
  const reasons = await ctx.tx((tx) =>
    tx.select({ reason: campaignRecipients.reason }).from(campaignRecipients)
  );
  assert.deepEqual(reasons.flatMap(({ reason }) => reason ?? []), ["550 5.1.1 <…>: No such user"]);
});

Deno.test("reports of other mail servers are understood", async (t) => {
  const variants: Record<string, (address: string) => string> = {
    "the address in Delivered-To, with another To": (address) =>
      `Delivered-To: ${address.toUpperCase()}\r\n${report("postmaster@acme.example")}`,
    "folded fields and a comment after the status": (address) =>
      report(address, {
        status:
          "Action: failed (permanently)\r\nStatus: 5.1.1 (bad destination mailbox address)\r\nDiagnostic-Code: smtp;\r\n 550 no",
      }),
    "without the original email": (address) => report(address, { original: "" }),
    "with bytes that are no UTF-8": (address) =>
      report(address, { text: "Zustellung an M\xfcller gescheitert" }),
    "with bare line feeds": (address) => report(address).replaceAll("\r\n", "\n"),
    "several recipients, one of them failed": (address) =>
      report(address, { status: "Action: delayed\r\nStatus: 4.4.1\r\n\r\nAction: failed\r\nStatus: 5.1.10" }),
  };
  for (const [name, build] of Object.entries(variants)) {
    await t.step(name, async () => {
      await using world = await World.open(SETTINGS);
      const { acme, address } = await contactOf(world);

      const { status } = await post(world, build(address));

      assert.deepEqual([status, await findSuppression(world.system, ZOE, acme.tenant.id)], [200, "bounce"]);
    });
  }
});

Deno.test("what says nothing about the address suppresses nothing", async () => {
  await using world = await World.open(SETTINGS);
  const { acme, address } = await contactOf(world);
  const harmless = [
    report(address, { status: "Action: delayed\r\nStatus: 4.4.1" }),
    report(address, { status: "Action: failed\r\nStatus: 4.4.7" }),
    report(address, { status: "Action: failed\r\nStatus: 5.2.2" }),
    report(address, { status: "Action: failed\r\nStatus: 5.7.1" }),
    report(address, { status: "Action: delivered\r\nStatus: 2.0.0" }),
    report(address, { status: "Action: failed" }),
    `From: zoe@globex.example\r\nTo: ${address}\r\nSubject: Out of office\r\n\r\nStatus: 5.1.1`,
  ];

  for (const raw of harmless) assert.equal((await post(world, raw)).status, 200, raw);

  assert.equal(await findSuppression(world.system, ZOE, acme.tenant.id), null);
});

Deno.test("a report can't name another address: only its own recipient counts", async () => {
  await using world = await World.open(SETTINGS);
  const { acme, address } = await contactOf(world);
  const victim = "victim@initech.example";

  await post(world, report(address).replaceAll(ZOE, victim));

  assert.equal(await findSuppression(world.system, victim, acme.tenant.id), null);
});

Deno.test("a forged, changed or outdated return address is refused", async () => {
  await using world = await World.open(SETTINGS);
  const { acme, id, address } = await contactOf(world);
  const other = await world.company("other");
  const digit = address[61] === "0" ? "1" : "0";
  const at = (tenantId = acme.tenant.id, contactId = id, email = ZOE) =>
    returnAddress(world.services, { tenantId, contactId, email }, "bounces.denizen.example");
  const forged = [
    `${address.slice(0, 61)}${digit}${address.slice(62)}`,
    at(other.tenant.id),
    at(acme.tenant.id, newId()),
    at(newId() as typeof acme.tenant.id),
    at(acme.tenant.id, id, "former@globex.example"),
    `${"0".repeat(62)}@bounces.denizen.example`,
    "news@acme.example",
  ];

  for (const each of forged) assert.equal((await post(world, report(each))).status, 400, each);
  await acme.ctx.tx((tx) => tx.update(contacts).set({ email: "victim@initech.example" }));
  const moved = await post(world, report(address));

  assert.equal(moved.status, 400, "a workspace can't point the address at someone else");
  assert.equal(await findSuppression(world.system, ZOE, acme.tenant.id), null);
  assert.equal(await findSuppression(world.system, "victim@initech.example", acme.tenant.id), null);
});

Deno.test("a report that is unsigned, signed with another key, changed or old is refused", async () => {
  await using world = await World.open(SETTINGS);
  const { acme, address } = await contactOf(world);
  const raw = report(address);

  const answers = [
    await post(world, raw, { headers: {} }),
    await post(world, raw, { secret: `whsec_${btoa("twenty-four other bytes..")}` }),
    await post(world, raw, { signed: `${raw}x` }),
    await post(world, raw, { age: 6 * MINUTE }),
    await post(world, raw, { age: -6 * MINUTE }),
    await post(world, raw, { headers: { ...sign(world, raw), "webhook-timestamp": "soon" } }),
  ];

  for (const { status, text } of answers) {
    assert.equal(status, 400);
    assert.match(text, /signature is missing, wrong, or too old/);
  }
  assert.equal(await findSuppression(world.system, ZOE, acme.tenant.id), null);
});

Deno.test("reports are refused without a return host, on a workspace's host, or if they are too large", async () => {
  await using deaf = await World.open({ EMAIL_WEBHOOK_SECRET: SECRET });
  await using world = await World.open(SETTINGS);
  const { address } = await contactOf(world);
  const large = report(address, { text: "x".repeat(1024 * 1024) });

  const statuses = [
    (await post(deaf, report(address))).status,
    (await world.raw(
      "POST",
      world.host("acme"),
      "/inbound/bounces",
      sign(world, report(address)),
      report(address),
    ))
      .status,
    (await post(world, large)).status,
  ];

  assert.deepEqual(statuses, [404, 404, 413]);
});

type Posted = {
  secret?: string;
  signed?: string;
  age?: number;
  headers?: Record<string, string>;
  host?: string;
};

async function post(
  world: World,
  raw: string,
  { headers, signed = raw, ...how }: Posted = {},
) {
  const answer = await fetch(`http://${world.host()}/inbound/bounces`, {
    method: "POST",
    headers: { "Content-Type": "message/rfc822", ...headers ?? sign(world, signed, how) },
    body: bytesOf(raw),
  });
  return { status: answer.status, text: await answer.text() };
}

/** As `openssl` in the pipe script signs. */
function sign(
  { clock }: World,
  raw: string,
  { secret = SECRET, age = 0 }: Pick<Posted, "secret" | "age"> = {},
) {
  const timestamp = String(Math.floor((clock.now().getTime() - age) / 1_000));
  const key = Buffer.from(secret.slice("whsec_".length), "base64");
  const signature = createHmac("sha256", key).update(`bounce-1.${timestamp}.`).update(bytesOf(raw)).digest(
    "base64",
  );
  return { "webhook-id": "bounce-1", "webhook-timestamp": timestamp, "webhook-signature": `v1,${signature}` };
}

function bytesOf(raw: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(raw, (character) => character.charCodeAt(0));
}
