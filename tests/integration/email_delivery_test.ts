import { configure, type LogRecord, reset } from "@logtape/logtape";
import assert from "node:assert/strict";
import { mailboxMessages } from "../../db/control/schema/email.ts";
import type { TenantId } from "../../db/ids.ts";
import { deliver, EMAIL_TRANSPORT } from "../../src/email/deliver.ts";
import { emptyMailbox } from "../../src/email/mailbox.ts";
import {
  findSuppression,
  releaseForTenant,
  suppress,
  type SuppressionReason,
} from "../../src/email/suppression.ts";
import type { OutgoingEmail } from "../../src/email/transports/transport.ts";
import { newId } from "../../src/platform/ids.ts";
import { deleteTenant } from "../../src/tenancy/deletion.ts";
import { EmailServer } from "../support/email_server.ts";
import { PRODUCTION } from "../support/production.ts";
import { sampleEmail } from "../support/sample_email.ts";
import { World } from "../support/world.ts";

/** Protects: email goes to its recipient only. Without a configured transport, the mailbox keeps it. */

Deno.test("an address that the mail server doesn't know is suppressed and gets no further email", async () => {
  await using server = await EmailServer.start({ refuseRecipient: () => "550 5.1.1 No such user" });
  await using world = await World.open({ SMTP_URL: server.url().href });
  const email = sampleEmail({ to: { name: "", address: "Gone@acme.example" } });

  const first = await deliver(world.system, email);
  const second = await deliver(world.system, sampleEmail({ to: { name: "", address: "gone@acme.example" } }));

  assert.deepEqual([first.status, first.status === "refused" && first.recipient], ["refused", true]);
  assert.deepEqual(second, { status: "suppressed", reason: "bounce" });
  assert.equal(await findSuppression(world.system, "GONE@acme.example"), "bounce");
});

Deno.test("a deferred email doesn't suppress the address", async () => {
  await using server = await EmailServer.start({ refuseRecipient: () => "451 4.3.0 Busy" });
  await using world = await World.open({ SMTP_URL: server.url().href });

  const outcome = await deliver(world.system, sampleEmail());

  assert.equal(outcome.status, "deferred");
  assert.equal(await findSuppression(world.system, "zoe@acme.example"), null);
});

Deno.test("a malformed address is rejected before the mail server is contacted", async () => {
  await using server = await EmailServer.start();
  await using world = await World.open({ SMTP_URL: server.url().href });
  const to = { name: "", address: "zoe@acme.example\r\nRCPT TO:<victim@evil.example>" };

  const outcome = await deliver(world.system, sampleEmail({ to }));

  assert.deepEqual(outcome, { status: "refused", recipient: false, reason: "not an email address" });
  assert.equal(server.received.length, 0);
});

Deno.test("a bounce or a manual suppression replaces a complaint, and nothing replaces them", async () => {
  await using world = await World.open();
  const address = "zoe@acme.example";

  const changes = [
    await suppress(world.system, { address, reason: "complaint", detail: "" }),
    await suppress(world.system, { address, reason: "complaint", detail: "" }),
    await suppress(world.system, { address, reason: "bounce", detail: "" }),
    await suppress(world.system, { address, reason: "manual", detail: "" }),
    await suppress(world.system, { address, reason: "complaint", detail: "" }),
  ];

  assert.deepEqual(changes, [true, false, true, false, false]);
  assert.equal(await findSuppression(world.system, address), "bounce");
});

Deno.test("what blocks more emails replaces the bounces of workspaces' campaigns, and no such bounce replaces it", async () => {
  await using world = await World.open();
  const address = "zoe@acme.example";
  const [one, two] = [newId(), newId()] as [TenantId, TenantId];
  const bounced = (tenantId: TenantId) =>
    suppress(world.system, { address, reason: "bounce", detail: "", tenantId });
  const found = () =>
    Promise.all([null, one, two].map((tenantId) => findSuppression(world.system, address, tenantId)));

  const first = [await bounced(one), await bounced(one), await found()];
  const second = [await bounced(two), await found()];
  await releaseForTenant(world.system, { address, tenantId: one });
  const released = await found();
  const complaint = await suppress(world.system, { address, reason: "complaint", detail: "" });
  const afterComplaint = [await bounced(one), await found()];
  await releaseForTenant(world.system, { address, tenantId: two });

  assert.deepEqual(first, [true, false, [null, "bounce", null]]);
  assert.deepEqual(second, [true, [null, "bounce", "bounce"]]);
  assert.deepEqual(released, [null, null, "bounce"]);
  assert.deepEqual([complaint, ...afterComplaint], [true, false, ["complaint", "complaint", "complaint"]]);
  assert.deepEqual(await found(), ["complaint", "complaint", "complaint"]);
});

Deno.test("a complaint blocks optional emails, and the other reasons block all emails", async () => {
  await using world = await World.open();
  const sent = async (reason: SuppressionReason, category: OutgoingEmail["category"]) => {
    const address = `${reason}@acme.example`;
    await suppress(world.system, { address, reason, detail: "" });
    return (await deliver(world.system, sampleEmail({ to: { name: "", address }, category }))).status;
  };

  const outcomes = {
    "complaint, account": await sent("complaint", null),
    "complaint, report": await sent("complaint", "reports"),
    "bounce, account": await sent("bounce", null),
    "bounce, report": await sent("bounce", "reports"),
    "manual, account": await sent("manual", null),
  };

  assert.deepEqual(outcomes, {
    "complaint, account": "accepted",
    "complaint, report": "suppressed",
    "bounce, account": "suppressed",
    "bounce, report": "suppressed",
    "manual, account": "suppressed",
  });
});

Deno.test("the log has a line for each email, with the reason if it wasn't sent, and without the address", async () => {
  await using world = await World.open();
  await suppress(world.system, { address: "gone@acme.example", reason: "bounce", detail: "" });
  const lines = await logged(async () => {
    await deliver(world.system, sampleEmail({ to: { name: "", address: "gone@acme.example" } }));
    await deliver(world.system, sampleEmail({ to: { name: "", address: "nobody" } }));
    await deliver(world.system, sampleEmail());
  });

  assert.deepEqual(
    lines.map(({ rawMessage, properties }) => [rawMessage, properties.kind, properties.reason]),
    [
      ["email suppressed", "welcome", "bounce"],
      ["email refused", "welcome", "not an email address"],
      ["email sent", "welcome", undefined],
    ],
  );
  assert.doesNotMatch(JSON.stringify(lines), /@acme|nobody/);
});

Deno.test("without a transport, the mailbox keeps each email once, and the newest thousand", async () => {
  await using world = await World.open();
  const email = sampleEmail();
  for (let count = 0; count < 2; count++) await deliver(world.system, email);
  const first = await json(world);
  for (let count = 0; count < 1_001; count++) {
    world.clock.advance(1);
    await world.services.use(EMAIL_TRANSPORT).send(
      sampleEmail({ to: { name: "", address: "ada@acme.example" } }),
    );
  }

  assert.equal(first.length, 1);
  assert.deepEqual(await json(world, "?to=zoe@acme.example"), []);
  assert.equal((await json(world, "?to=Ada@acme.example&limit=100")).length, 100);
  assert.equal(await world.system.control.$count(mailboxMessages), 1_000);
});

Deno.test("programs read the mailbox as JSON, with each email's links", async () => {
  await using world = await World.open();
  const email = sampleEmail();
  await deliver(world.system, email);

  const [kept] = await json(world);

  assert.deepEqual(
    [kept.id, kept.to, kept.from, kept.subject, kept.html, kept.text, kept.at],
    [
      email.id,
      email.to.address,
      email.from.address,
      email.subject,
      email.html,
      email.text,
      "2026-03-02T09:00:00.000Z",
    ],
  );
  assert.equal(kept.headers["Message-ID"], `<${email.id}@localhost>`);
  assert.equal(kept.headers["List-Unsubscribe"], email.headers["List-Unsubscribe"]);
  assert.deepEqual(kept.links, ["https://app.example/a?x=1&y=2"]);
});

Deno.test("people can read and clear the mailbox without JavaScript", async () => {
  await using world = await World.open();
  const email = sampleEmail({ subject: "<script>alert(1)</script>" });
  await deliver(world.system, email);
  const browser = world.browser();
  const mailbox = `http://${world.host()}/dev/mailbox`;

  const list = await browser.get(mailbox);
  const page = await browser.get(`${mailbox}/${email.id}`);
  const alone = await browser.get(`${mailbox}/${email.id}/html`);
  const missing = await browser.get(`${mailbox}/0198c0de-0000-7000-8000-000000000000`);
  const emptied = await browser.post(`${mailbox}/clear`);

  assert.ok(list.text.includes(`href="/dev/mailbox/${email.id}"`));
  assert.ok(!(list.text + page.text).includes(email.subject), "S27 the subject is shown as text");
  assert.match(page.text, /<iframe [^>]*sandbox="allow-popups allow-popups-to-escape-sandbox"/);
  assert.match(page.headers["content-security-policy"] as string, /script-src 'nonce-.*frame-src 'self'$/);
  assert.equal(page.headers["x-frame-options"], "DENY");
  assert.equal(alone.headers["x-frame-options"], "SAMEORIGIN");
  assert.match(
    alone.headers["content-security-policy"] as string,
    /^default-src 'none'; style-src 'unsafe-inline'/,
  );
  assert.ok(alone.text.includes('<head><base target="_blank">'));
  assert.equal(missing.status, 404);
  assert.match(emptied.text, /No email yet/);
});

Deno.test("S45 a tenant's email is deleted with the tenant, and later email belongs to no tenant", async () => {
  await using world = await World.open();
  const { tenant } = await world.company("acme");
  await deliver(world.system, sampleEmail({ tenantId: tenant.id }));
  const before = await json(world);
  await deleteTenant(world.system, tenant.id);
  const after = await json(world);
  const late = await deliver(world.system, sampleEmail({ tenantId: tenant.id }));

  assert.deepEqual([before.length, after.length, late.status], [1, 0, "accepted"]);
  assert.equal((await json(world))[0].tenant_id, null);
});

Deno.test("S42 production has no mailbox", async () => {
  await using world = await World.open(PRODUCTION);

  assert.equal(world.services.use(EMAIL_TRANSPORT).name, "smtp");
  await assert.rejects(() => emptyMailbox(world.system), /not found/);
});

// deno-lint-ignore no-explicit-any -- tests read the fields they expect, and fail if a field is missing
async function json(world: World, query = ""): Promise<any[]> {
  const { text } = await world.browser().get(`http://${world.host()}/dev/mailbox.json${query}`);
  return JSON.parse(text).data;
}

/** The log records about emails from `work`. */
async function logged(work: () => Promise<void>): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  await configure({
    sinks: { kept: (record) => records.push(record) },
    loggers: [
      { category: ["denizen", "email"], lowestLevel: "info", sinks: ["kept"] },
      { category: ["logtape", "meta"], lowestLevel: "error", sinks: [] },
    ],
  });
  await work();
  await reset();
  return records;
}
