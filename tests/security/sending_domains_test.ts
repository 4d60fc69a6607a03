import assert from "node:assert/strict";
import { eq } from "drizzle-orm";
import { sendingDomains } from "../../db/control/schema/sending_domains.ts";
import { rotateKeys } from "../../src/identity/key_rotation.ts";
import { HOUR } from "../../src/platform/clock.ts";
import { enqueue } from "../../src/outbox/outbox.ts";
import { openDkimKey } from "../../src/sending_domains/dkim_key.ts";
import { campaignSender } from "../../src/sending_domains/sender.ts";
import { setSendingDomain } from "../../src/sending_domains/sending_domains.ts";
import { CHECK_SENDING_DOMAIN, verifySendingDomain } from "../../src/sending_domains/checks.ts";
import { runJobs } from "../support/notifications.ts";
import { verifiedDomain, Zone } from "../support/sending_domains.ts";
import { World } from "../support/world.ts";

/** Protects: nobody sends from a domain whose DNS they don't control, and nobody reads a domain's private key. */

Deno.test("S07 a workspace can't verify another's domain, with the other's records or while the other has it", async () => {
  await using world = await World.open();
  const zone = Zone.of(world);
  const [acme, evil] = [await world.company("acme", "Acme"), await world.company("evil", "Evil")];
  await verifiedDomain(zone, acme);

  const { records } = await setSendingDomain(evil.ctx, { domain: "acme.example", sender: "news" });
  const withoutRecords = await verifySendingDomain(evil.ctx);
  zone.create(records.filter(({ purpose }) => purpose === "dkim"));
  await assert.rejects(verifySendingDomain(evil.ctx), {
    kind: "conflict",
    message: /Another workspace already sends/,
  });

  assert.equal(withoutRecords.status, "pending");
  assert.equal((await campaignSender(world.system, evil.tenant.id)).from.address, "no-reply@localhost");
  assert.equal((await campaignSender(world.system, acme.tenant.id)).from.address, "news@acme.example");
});

Deno.test("the domain's new owner verifies it after the former owner's record is gone", async () => {
  await using world = await World.open();
  const zone = Zone.of(world);
  const [former, owner] = [await world.company("former"), await world.company("owner")];
  await verifiedDomain(zone, former);
  zone.clear();

  const { records } = await setSendingDomain(owner.ctx, { domain: "acme.example", sender: "news" });
  zone.create(records);
  await assert.rejects(verifySendingDomain(owner.ctx), { kind: "conflict" });
  for (const hours of [0, 6]) {
    world.clock.advance(hours * HOUR);
    await world.upkeep();
    await runJobs(world);
  }
  const { status } = await verifySendingDomain(owner.ctx);

  assert.equal(status, "verified");
  assert.equal((await campaignSender(world.system, former.tenant.id)).from.address, "no-reply@localhost");
});

Deno.test("two workspaces that verify a domain at once don't both get it", async () => {
  await using world = await World.open();
  const zone = Zone.of(world);
  const companies = [await world.company("one"), await world.company("two"), await world.company("three")];
  for (const { ctx } of companies) {
    zone.create((await setSendingDomain(ctx, { domain: "acme.example", sender: "news" })).records);
  }

  await Promise.allSettled(companies.map(({ ctx }) => verifySendingDomain(ctx)));

  const verified = await world.system.control.select().from(sendingDomains).where(
    eq(sendingDomains.status, "verified"),
  );
  assert.equal(verified.length, 1);
});

Deno.test("S41 the private key is stored sealed, is in no answer, and survives a new APP_SECRET", async () => {
  const secrets = ["the former secret of this installation", "the new secret of this installation"] as const;
  await using world = await World.open({ APP_SECRET: secrets[0] });
  const zone = Zone.of(world);
  const acme = await world.company("acme");
  await verifiedDomain(zone, acme);
  const { dkim } = await campaignSender(world.system, acme.tenant.id);
  const secretPart = dkim!.privateKey.split("\n")[5]!;
  const token = await world.token(acme);

  const { text } = await world.api("GET", "/sending-domain", { token });
  const stored = await world.dumpControl();
  const services = await world.replica({ appSecret: secrets[1], appSecrets: [secrets[1], secrets[0]] });
  const { resealed } = await rotateKeys({ ...world.system, services });
  const [row] = await world.system.control.select().from(sendingDomains);
  await services.close();

  assert.ok(!text.includes("PRIVATE") && !text.includes(secretPart));
  assert.ok(!stored.includes(secretPart));
  assert.ok(resealed > 0);
  assert.deepEqual(openDkimKey({ config: { ...world.config, appSecrets: [secrets[1]] } }, row!), dkim);
});

Deno.test("S07 a check that is enqueued for another workspace does nothing", async () => {
  await using world = await World.open();
  const zone = Zone.of(world);
  const [acme, evil] = [await world.company("acme"), await world.company("evil")];
  await verifiedDomain(zone, acme);
  const [row] = await world.system.control.select().from(sendingDomains);
  zone.set("TXT", `${row!.selector}._domainkey.acme.example`, "v=DKIM1; k=rsa; p=MIIB");

  await world.system.tx((tx) =>
    enqueue(world.system, tx, CHECK_SENDING_DOMAIN, { id: row!.id }, { tenantId: evil.tenant.id })
  );
  await runJobs(world);
  const untouched = await world.system.control.select().from(sendingDomains);

  assert.equal(untouched[0]!.status, "verified");
});
