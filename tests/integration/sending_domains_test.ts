import assert from "node:assert/strict";
import { eq } from "drizzle-orm";
import { authenticate } from "mailauth";
import { outbox } from "../../db/control/schema/outbox.ts";
import { deliver } from "../../src/email/deliver.ts";
import { DAY, HOUR, SECOND } from "../../src/platform/clock.ts";
import { newId } from "../../src/platform/ids.ts";
import { CHECK_SENDING_DOMAIN, verifySendingDomain } from "../../src/sending_domains/checks.ts";
import { campaignSender } from "../../src/sending_domains/sender.ts";
import { take } from "../../src/rate_limits/limiter.ts";
import {
  findSendingDomain,
  NEW_SENDING_DOMAINS,
  setSendingDomain,
} from "../../src/sending_domains/sending_domains.ts";
import { EmailServer } from "../support/email_server.ts";
import { feedOf, runJobs } from "../support/notifications.ts";
import { sampleEmail } from "../support/sample_email.ts";
import { verifiedDomain, Zone } from "../support/sending_domains.ts";
import { PASSWORD, World } from "../support/world.ts";

/** Protects: campaigns come from a workspace's own domain exactly as long as its DNS says so, and receivers can verify that. */

const RETURN_HOST = "bounces.denizen.example";
const SECRET = `whsec_${btoa("twenty-four bytes or more")}`;
const CONTACT = { id: newId(), email: "zoe@acme.example" };

Deno.test("an email from a verified domain passes DKIM, SPF and DMARC with the records that the page shows", async () => {
  await using server = await EmailServer.start();
  await using world = await World.open({
    SMTP_URL: server.url().href,
    EMAIL_RETURN_HOST: RETURN_HOST,
    EMAIL_WEBHOOK_SECRET: SECRET,
  });
  const zone = Zone.of(world);
  const acme = await world.company("acme", "Acme");
  await verifiedDomain(zone, acme);
  zone.set("TXT", RETURN_HOST, "v=spf1 ip4:192.0.2.7 -all");

  const { from, dkim, returnPath } = await campaignSender(world.system, acme.tenant.id);
  await deliver(world.system, sampleEmail({ from, dkim, returnPath: returnPath(CONTACT) }));
  const { raw, from: sender } = server.received[0]!;
  const seen = await authenticate(raw, {
    sender,
    ip: "192.0.2.7",
    helo: "x.example",
    resolver: zone.resolver,
  });

  assert.deepEqual(from, { name: "Acme", address: "news@acme.example" });
  assert.match(sender, /^[0-9a-z]{62}@bounces\.acme\.example$/);
  assert.deepEqual(seen.dkim.results.map(({ status }) => status.result), ["pass"]);
  assert.equal(seen.spf && seen.spf.status.result, "pass");
  assert.equal(seen.dmarc && seen.dmarc.status.result, "pass");
});

Deno.test("without a verified domain, From is the product's in the workspace's name, and bounces go to the product", async () => {
  await using world = await World.open({ EMAIL_RETURN_HOST: RETURN_HOST, EMAIL_WEBHOOK_SECRET: SECRET });
  Zone.of(world);
  const acme = await world.company("acme", "Acme");
  await setSendingDomain(acme.ctx, { domain: "acme.example", sender: "news" });

  const { from, dkim, returnPath } = await campaignSender(world.system, acme.tenant.id);

  assert.deepEqual(from, { name: "Acme via Denizen", address: "no-reply@localhost" });
  assert.equal(dkim, undefined);
  assert.match(returnPath(CONTACT)!, /^[0-9a-z]{62}@bounces\.denizen\.example$/);
  await assert.rejects(campaignSender(world.system, newId()), { kind: "not_found" });
});

Deno.test("bounces go to the product's host while the domain's records for bounces are missing, or to From without one", async () => {
  await using world = await World.open({ EMAIL_RETURN_HOST: RETURN_HOST, EMAIL_WEBHOOK_SECRET: SECRET });
  await using without = await World.open();
  const senders = [];
  for (const each of [world, without]) {
    const zone = Zone.of(each);
    const acme = await each.company("acme", "Acme");
    await verifiedDomain(zone, acme);
    zone.set("MX", "bounces.acme.example");
    await runCheck(each);
    senders.push(await campaignSender(each.system, acme.tenant.id));
  }

  assert.deepEqual(senders.map(({ from }) => from.address), ["news@acme.example", "news@acme.example"]);
  assert.match(senders[0]!.returnPath(CONTACT)!, /@bounces\.denizen\.example$/);
  assert.equal(senders[1]!.returnPath(CONTACT), undefined);
});

Deno.test("through Resend, campaigns come from the product's address, and the page says so", async () => {
  await using world = await World.open({ RESEND_API_KEY: "re_123456789" });
  const zone = Zone.of(world);
  const acme = await world.company("acme", "Acme");
  const { status } = await verifiedDomain(zone, acme);
  const browser = world.browser();
  await browser.post(`http://${world.host("acme")}/login`, { email: acme.owner.email, password: PASSWORD });

  const { from, dkim } = await campaignSender(world.system, acme.tenant.id);
  const page = await browser.get(`http://${world.host("acme")}/settings/sending-domain`);

  assert.equal(status, "verified");
  assert.deepEqual([from.name, dkim], ["Acme via Denizen", undefined]);
  assert.match(page.text, /can&#39;t sign for your domain/);
});

Deno.test("each domain is checked once a day, also if several processes do it", async () => {
  await using world = await World.open();
  const zone = Zone.of(world);
  const acme = await world.company("acme");
  const { records } = await setSendingDomain(acme.ctx, { domain: "acme.example", sender: "news" });
  zone.create(records);

  await runCheck(world, 23 * HOUR);
  const early = await checksOf(world);
  world.clock.advance(2 * HOUR);
  await Promise.all([world.upkeep(), world.upkeep()]);
  await runJobs(world);
  await world.upkeep();

  assert.deepEqual([early, await checksOf(world)], [0, 1]);
  assert.equal((await findSendingDomain(acme.ctx))!.status, "verified");
});

Deno.test("a missing DKIM record ends the verification after six hours, however often it is looked up, and another key at once", async () => {
  await using world = await World.open();
  const zone = Zone.of(world);
  const acme = await world.company("acme");
  const { records } = await verifiedDomain(zone, acme);
  const statusAfter = async (hours: number) => {
    await runCheck(world, hours * HOUR);
    return (await verifySendingDomain(acme.ctx)).status;
  };

  zone.clear();
  const missed = [await statusAfter(24), await statusAfter(3)];
  zone.create(records);
  const back = await statusAfter(2);
  zone.clear();
  const missedAgain = [await statusAfter(24), await statusAfter(5), await statusAfter(1)];
  zone.create(records);
  const restored = await statusAfter(24);
  const { name } = records.find(({ purpose }) => purpose === "dkim")!;
  zone.set("TXT", name, "v=DKIM1; k=rsa; p=MIIB");
  const replaced = await statusAfter(0);

  assert.deepEqual([...missed, back], ["verified", "verified", "verified"]);
  assert.deepEqual([...missedAgain, restored], ["verified", "verified", "lost", "verified"]);
  assert.equal(replaced, "lost");
});

Deno.test("an SPF record whose macros or earlier hosts learn the return address takes no bounces", async () => {
  await using world = await World.open({ EMAIL_RETURN_HOST: RETURN_HOST, EMAIL_WEBHOOK_SECRET: SECRET });
  const zone = Zone.of(world);
  const acme = await world.company("acme");
  await verifiedDomain(zone, acme);
  const stateOf = async (spf: string) => {
    zone.set("TXT", "bounces.acme.example", spf);
    const { records } = await verifySendingDomain(acme.ctx);
    return records.find(({ purpose }) => purpose === "spf")!.state;
  };

  const fine = [
    await stateOf(`v=spf1 ip4:192.0.2.1 include:${RETURN_HOST} -all`),
    await stateOf(`V=SPF1  include:${RETURN_HOST} include:spf.example ~all`),
  ];
  const leaking = [
    await stateOf(`v=spf1 exists:%{l}.log.evil.example include:${RETURN_HOST} ~all`),
    await stateOf(`v=spf1 include:evil.example include:${RETURN_HOST} ~all`),
    await stateOf(`v=spf1 include:${RETURN_HOST} exp=%{l}.evil.example`),
  ];
  const { returnPath } = await campaignSender(world.system, acme.tenant.id);

  assert.deepEqual(fine, ["found", "found"]);
  assert.deepEqual(leaking, ["different", "different", "different"]);
  assert.match(returnPath(CONTACT)!, /@bounces\.denizen\.example$/);
});

Deno.test("a domain that stops matching is marked, its managers are told once, and From falls back until it is restored", async () => {
  await using world = await World.open();
  const zone = Zone.of(world);
  const acme = await world.company("acme", "Acme");
  const viewer = await world.member(acme, "vera@acme.example", "viewer");
  const { records } = await verifiedDomain(zone, acme);

  zone.isUp = false;
  await runCheck(world);
  const duringOutage = await findSendingDomain(acme.ctx);
  zone.isUp = true;
  zone.clear();
  await runCheck(world);
  await runCheck(world);
  await runJobs(world);
  const lost = await findSendingDomain(acme.ctx);
  const told = await feedOf(world, acme.owner);
  zone.create(records);
  await runCheck(world);
  const restored = await findSendingDomain(acme.ctx);

  assert.equal(duringOutage!.status, "verified", "an outage of DNS isn't a missing record");
  assert.deepEqual([lost!.status, lost!.from.name], ["lost", "Acme via Denizen"]);
  assert.deepEqual(told.map(({ kind }) => kind), ["sending_domain_lost"]);
  assert.deepEqual(await feedOf(world, viewer), []);
  assert.deepEqual([restored!.status, restored!.from.address], ["verified", "news@acme.example"]);
});

Deno.test("an answer of DNS that comes late doesn't replace a newer one", async () => {
  await using world = await World.open();
  const zone = Zone.of(world);
  const acme = await world.company("acme");
  const { records } = await verifiedDomain(zone, acme);
  zone.clear();

  await zone.overtake(
    () => verifySendingDomain(acme.ctx),
    async () => {
      zone.create(records);
      world.clock.advance(SECOND);
      await verifySendingDomain(acme.ctx);
    },
  );

  assert.equal((await findSendingDomain(acme.ctx))!.status, "verified");
});

Deno.test("a workspace gets a limited number of keys, and needs none for another sender", async () => {
  await using world = await World.open();
  Zone.of(world);
  const { ctx } = await world.company("acme");
  const set = (domain: string, sender = "news") => setSendingDomain(ctx, { domain, sender });
  const keyOf = ({ records }: Awaited<ReturnType<typeof set>>) => records[0]!.value;

  const first = await set("acme.example");
  const renamed = await set("acme.example", "hello");
  for (let index = 2; index <= 20; index++) {
    await take(ctx, NEW_SENDING_DOMAINS, ctx.tenant.id);
  }
  await assert.rejects(set("other.example"), { kind: "rate_limited" });
  const again = await set("acme.example", "team");

  assert.deepEqual([keyOf(renamed), keyOf(again), again.sender], [keyOf(first), keyOf(first), "team"]);
});

Deno.test("every change is in the audit log, in words", async () => {
  await using world = await World.open();
  const zone = Zone.of(world);
  const acme = await world.company("acme");
  await verifiedDomain(zone, acme);
  await setSendingDomain(acme.ctx, { domain: "acme.example", sender: "news" });
  zone.clear();
  await runCheck(world);
  await runCheck(world);
  const token = await world.token(acme);
  await world.api("DELETE", "/sending-domain", { token });

  const { json } = await world.api("GET", "/audit-log?limit=10", { token });
  const lines = json.data.map(({ action }: { action: string }) => action)
    .filter((action: string) => action.startsWith("sending_domain"));

  assert.deepEqual(lines, [
    "sending_domain.removed",
    "sending_domain.lost",
    "sending_domain.verified",
    "sending_domain.changed",
  ]);
});

Deno.test("a member sets, checks, fixes and removes the domain without JavaScript", async () => {
  await using world = await World.open({ EMAIL_RETURN_HOST: RETURN_HOST, EMAIL_WEBHOOK_SECRET: SECRET });
  const zone = Zone.of(world);
  const acme = await world.company("acme", "Acme");
  const browser = world.browser();
  const path = `http://${world.host("acme")}/settings/sending-domain`;
  await browser.post(`http://${world.host("acme")}/login`, { email: acme.owner.email, password: PASSWORD });

  const empty = await browser.get(path);
  const refused = await browser.post(path, { domain: "gmail.com", sender: "a b" });
  const added = await browser.post(path, { domain: "acme.example", sender: "news" });
  const unfound = await browser.post(`${path}/check`, {});
  const { records } = (await findSendingDomain(acme.ctx))!;
  zone.create(records.filter(({ purpose }) => purpose === "dkim"));
  zone.set("MX", "bounces.acme.example", "10 mx.elsewhere.example");
  const verified = await browser.post(`${path}/check`, {});
  zone.set("TXT", records.find(({ purpose }) => purpose === "dkim")!.name);
  const missing = await browser.post(`${path}/check`, {});
  zone.isUp = false;
  const down = await browser.post(`${path}/check`, {});
  const asked = await browser.get(`${path}/remove`);
  const removed = await browser.post(`${path}/remove`, {});

  assert.match(empty.text, /Send campaigns from an address at your own domain/);
  assert.equal(refused.status, 422);
  assert.match(refused.text, /value="gmail\.com"/);
  assert.match(added.text, /Now create the DNS records of acme\.example\./);
  assert.match(added.text, /v=DKIM1; k=rsa; p=/);
  assert.match(unfound.text, /doesn&#39;t match yet/);
  assert.match(unfound.text, />Missing</);
  assert.match(verified.text, /Your domain is verified\./);
  assert.match(missing.text, /If it is still missing in six hours/);
  assert.doesNotMatch(missing.text, /Your domain is verified\./);
  assert.match(verified.text, /Gmail and Yahoo require it/);
  assert.match(verified.text, />Different<.*mx\.elsewhere\.example/s);
  assert.deepEqual([down.status, /DNS doesn&#39;t answer for acme\.example/.test(down.text)], [422, true]);
  assert.match(asked.text, /Remove acme\.example\?/);
  assert.match(removed.text, /acme\.example removed\./);
  assert.equal(await findSendingDomain(acme.ctx), null);
});

/** A day passes, and the jobs run. */
async function runCheck(world: World, time = DAY): Promise<void> {
  world.clock.advance(time);
  await world.upkeep();
  await runJobs(world);
}

async function checksOf({ system }: World): Promise<number> {
  return (await system.control.select().from(outbox).where(eq(outbox.name, CHECK_SENDING_DOMAIN.name)))
    .length;
}
