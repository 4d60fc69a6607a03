// Protects: news about the product reaches its users by a campaign of the operator's own workspace, and nobody who doesn't want it.
import assert from "node:assert/strict";
import { eq } from "drizzle-orm";
import { consentRecords, contacts, segments } from "../../db/tenant/schema/contacts.ts";
import { setOverride } from "../../src/billing/overrides.ts";
import { getCampaign } from "../../src/campaigns/campaigns.ts";
import { sendCampaign } from "../../src/campaigns/sending.ts";
import { changePostalAddress } from "../../src/campaigns/settings.ts";
import { withdrawConsent } from "../../src/contacts/consent.ts";
import { deleteContact } from "../../src/contacts/contacts.ts";
import { suppress } from "../../src/email/suppression.ts";
import { deleteAccountOf } from "../../src/identity/account_deletion.ts";
import { changeEmailOf } from "../../src/identity/email_change.ts";
import { suspendTenant } from "../../src/tenancy/lifecycle.ts";
import { DELETE_EXPIRED } from "../../src/operations/retention.ts";
import { enqueue } from "../../src/outbox/outbox.ts";
import { SECOND } from "../../src/platform/clock.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import type { Browser } from "../support/browser.ts";
import { addContacts, POSTAL_ADDRESS } from "../support/campaigns.ts";
import { runJobs } from "../support/notifications.ts";
import { type Company, PASSWORD, World } from "../support/world.ts";

Deno.test("staff choose who emails news, and only a workspace that can send campaigns", async () => {
  await using world = await World.open();
  await world.company("hq", "Headquarters", undefined, "premium");
  await world.company("tiny", "Tiny", undefined, "starter");
  const old = await world.company("old", "Old", undefined, "premium");
  await suspendTenant(await openTenant(world.system, old.tenant.id), { reason: "Unpaid" });
  const staff = await signedInStaff(world);

  const [unknown, suspended, tiny] = [
    await choose(world, staff, "nobody"),
    await choose(world, staff, "old"),
    await choose(world, staff, "tiny"),
  ];
  const chosen = await choose(world, staff, "HQ");
  await runJobs(world);
  const synced = await staff.get(pageOf(world));
  const form = await staff.get(`${pageOf(world)}/new`);
  const cleared = await choose(world, staff, "");
  const formWithout = await staff.get(`${pageOf(world)}/new`);
  const unable = await staff.post(pageOf(world), { text: "Roles", days: "1", sends_email: "on" });
  const log = await staff.get(`http://${world.host()}/admin/audit`);

  assert.deepEqual([unknown.status, suspended.status, tiny.status], [422, 422, 422]);
  assert.match(unknown.text, /No workspace has this subdomain/);
  assert.match(suspended.text, /This workspace is suspended/);
  assert.match(tiny.text, /plan has no campaigns/);
  assert.match(
    chosen.text,
    /aren&#39;t contacts yet[^]*value="hq"[^]*Saved\. Your users become/,
  );
  assert.match(synced.text, /Contacts match your users as of/);
  assert.match(form.text, /Also send it by email[^]*Headquarters gets a draft/);
  assert.match(cleared.text, /No workspace emails news/);
  assert.doesNotMatch(formWithout.text, /Also send it by email/);
  assert.equal(unable.status, 422);
  assert.match(log.text, /changed the workspace that emails news about the product/);
});

Deno.test("the users of the product get an announcement by a campaign, in their own words about email", async (t) => {
  await using world = await World.open();
  const hq = await world.company("hq", "Headquarters", undefined, "premium");
  const acme = await world.company("acme", "Acme", undefined, "team");
  const globex = await world.company("globex", "Globex", undefined, "starter");
  const mei = await world.member(acme, "mei@acme.example", "member");
  await world.member(globex, mei.email, "viewer");
  const [off, left, spam, gone] = [
    await world.member(acme, "off@acme.example", "member"),
    await world.member(acme, "left@acme.example", "member"),
    await world.member(acme, "spam@acme.example", "member"),
    await world.member(acme, "gone@acme.example", "member"),
  ];
  await turnOffNews(world, acme, off.email);
  await world.removeMember(acme, left);
  await world.unconfirmedUser("unconfirmed@acme.example");
  await suppress(world.system, { address: spam.email, reason: "bounce", detail: "" });
  await addContacts(hq.ctx, [
    { email: gone.email, name: "Old name", tags: ["vip", "plan:premium"] },
    { email: "reader@example.com", tags: ["vip"] },
  ]);
  await unsubscribe(hq, gone.email);
  const staff = await signedInStaff(world);

  await t.step("they become contacts with their plans, and keep what they chose", async () => {
    await choose(world, staff, "hq");
    await runJobs(world);

    assert.deepEqual(await contactsOf(hq), {
      "gone@acme.example": ["withdrawn", "plan:team", "product-user", "vip"],
      "mei@acme.example": ["given", "plan:starter", "plan:team", "product-user"],
      "reader@example.com": ["given", "vip"],
      "spam@acme.example": ["none", "plan:team", "product-user"],
      [acme.owner.email]: ["given", "plan:team", "product-user"],
      [globex.owner.email]: ["given", "plan:starter", "product-user"],
      [hq.owner.email]: ["given", "plan:premium", "product-user"],
    });
    assert.deepEqual(await consentOf(hq, mei.email), [["given", "account"]]);
    const [row] = await rowsOf(hq, mei.email);
    assert.deepEqual([row!.name, row!.externalId], ["mei", mei.id]);
  });

  await t.step("another round changes nothing", async () => {
    const before = await hq.ctx.tx((tx) => tx.select().from(contacts).orderBy(contacts.id));
    await nightly(world);

    assert.deepEqual(await hq.ctx.tx((tx) => tx.select().from(contacts).orderBy(contacts.id)), before);
  });

  let id = "";
  await t.step("the announcement is a draft in the workspace, for the plans chosen", async () => {
    const published = await staff.post(pageOf(world), {
      text: "Roles are *here* {{ x }}: https://a.example/b_c",
      link_url: "https://docs.example.com/roles(2)",
      days: "3",
      plan_team: "on",
      plan_premium: "on",
      sends_email: "on",
    });
    const [, found] = new RegExp(`href="http://${world.host("hq")}/campaigns/([^"]+)"`).exec(published.text)!;
    id = found!;
    const campaign = await getCampaign(hq.ctx, id);
    const [segment] = await hq.ctx.tx((tx) => tx.select().from(segments));

    assert.match(published.text, /The email is a draft/);
    assert.deepEqual([campaign.status, campaign.segmentId], ["draft", segment!.id]);
    assert.equal(segment!.name, "Users of the product: Team, Premium");
    assert.equal(campaign.subject, "Roles are *here* {{ x }}: https://a.example/b_c");
    assert.equal(
      campaign.body,
      "Roles are \\*here\\* \\{\\{ x \\}\\}: https://a.example/b_c\n\n" +
        "[Read more](https://docs.example.com/roles%282%29){button}",
    );
  });

  await t.step("sending it starts with the users of this moment", async () => {
    await staff.post(pageOf(world), {
      text: "Roles are here",
      days: "3",
      plan_team: "on",
      sends_email: "on",
    });
    const late = await world.member(acme, "late@acme.example", "member");
    await turnOffNews(world, acme, acme.owner.email);
    await changePostalAddress(hq.ctx, { postalAddress: POSTAL_ADDRESS });
    const { text } = await staff.get(pageOf(world));
    const [, draft] = new RegExp(`/campaigns/([^"]+)" [^>]*aria-label="Email of “Roles are here”`).exec(
      text,
    )!;
    world.clock.advance(SECOND);
    await sendCampaign(hq.ctx, draft!, { scheduledAt: null });
    await runJobs(world);
    const early = (await world.emails()).filter(({ message }) => message === "campaign");
    world.clock.advance(5 * SECOND);
    await runJobs(world);

    const emails = (await world.emails()).filter(({ message }) => message === "campaign");
    assert.deepEqual(early, []);
    assert.deepEqual(emails.map(({ to }) => to).sort(), [late.email, mei.email].sort());
    assert.equal(emails[0]!.subject, "Roles are here");
    assert.equal((await getCampaign(hq.ctx, draft!)).stats.recipients, 2);
  });

  await t.step(
    "who leaves, deletes the account or wants no news loses the tags and nothing else",
    async () => {
      await world.removeMember(acme, mei);
      await world.removeMember(globex, mei);
      await deleteAccountOf(world.system, gone.id);
      await nightly(world);
      const after = await contactsOf(hq);

      assert.deepEqual(after[mei.email], ["given"]);
      assert.deepEqual(after[gone.email], ["withdrawn", "vip"]);
      assert.deepEqual(after[acme.owner.email], ["given"]);
    },
  );

  await t.step("a workspace that no longer emails news keeps no tags", async () => {
    await choose(world, staff, "");
    await runJobs(world);

    const tags = Object.values(await contactsOf(hq)).flatMap(([, ...tags]) => tags);
    assert.deepEqual(new Set(tags), new Set(["vip"]));
  });
});

Deno.test("an unsubscribed user stays unsubscribed after another address or a deleted contact", async () => {
  await using world = await World.open();
  const hq = await world.company("hq", "Headquarters", undefined, "premium");
  const [ada, ben, cleo] = [
    await world.member(hq, "ada@hq.example", "member"),
    await world.member(hq, "ben@hq.example", "member"),
    await world.member(hq, "cleo@hq.example", "member"),
  ];
  await choose(world, await signedInStaff(world), "hq");
  await runJobs(world);
  for (const { email } of [ada, ben]) await unsubscribe(hq, email);

  await changeEmailOf(world.system, ada.id, "ada@new.example");
  await changeEmailOf(world.system, cleo.id, "cleo@new.example");
  await deleteContact(hq.ctx, (await rowsOf(hq, ben.email))[0]!.id);
  await nightly(world);

  assert.deepEqual(await contactsOf(hq), {
    "ada@new.example": ["withdrawn", "plan:premium", "product-user"],
    "ben@hq.example": ["withdrawn", "plan:premium", "product-user"],
    "cleo@new.example": ["given", "plan:premium", "product-user"],
    [hq.owner.email]: ["given", "plan:premium", "product-user"],
  });
});

Deno.test("a plan without room for all users is said, and those who are contacts stay in step", async () => {
  await using world = await World.open();
  const hq = await world.company("hq", "Headquarters", undefined, "premium");
  const staff = await signedInStaff(world);
  await choose(world, staff, "hq");
  await runJobs(world);
  const opened = await openTenant(world.system, hq.tenant.id);
  await setOverride(opened, { key: "contacts", value: "1", until: null });
  await world.member(hq, "second@hq.example", "member");
  await world.company("acme", "Acme", hq.owner, "team");

  await nightly(world);
  const { text } = await staff.get(pageOf(world));

  assert.match(text, /has no room for all your users/);
  assert.deepEqual(await contactsOf(hq), {
    [hq.owner.email]: ["given", "plan:premium", "plan:team", "product-user"],
  });
});

function pageOf(world: World): string {
  return `http://${world.host()}/admin/announcements`;
}

async function signedInStaff(world: World): Promise<Browser> {
  await world.staff("grace@denizen.example");
  return await world.signedInBrowser("grace@denizen.example");
}

function choose(world: World, staff: Browser, subdomain: string) {
  return staff.post(`${pageOf(world)}/sender`, { subdomain });
}

/** The person turns every kind of email off but "notifications", and so the news. */
async function turnOffNews(world: World, { tenant }: Company, email: string): Promise<void> {
  const browser = world.browser();
  await browser.post(`http://${world.host(tenant.subdomain)}/login`, { email, password: PASSWORD });
  const saved = await browser.post(`http://${world.host(tenant.subdomain)}/account/notifications`, {
    "announcement.feed": "on",
    notifications: "on",
  });
  assert.match(saved.text, /name="announcement\.feed" checked/);
  assert.match(saved.text, /name="announcement\.email"/);
}

async function unsubscribe({ ctx }: Company, email: string): Promise<void> {
  await ctx.tx(async (tx) => {
    const [contact] = await tx.select().from(contacts).where(eq(contacts.email, email));
    await withdrawConsent(ctx, tx, contact!.id, { source: "person" });
  });
}

async function nightly(world: World): Promise<void> {
  await world.system.tx((tx) => enqueue(world.system, tx, DELETE_EXPIRED, {}));
  await runJobs(world);
}

function rowsOf({ ctx }: Company, email: string) {
  return ctx.tx((tx) => tx.select().from(contacts).where(eq(contacts.email, email)));
}

/** Each contact's consent and tags. */
async function contactsOf({ ctx }: Company): Promise<Record<string, string[]>> {
  const rows = await ctx.tx((tx) => tx.select().from(contacts));
  return Object.fromEntries(rows.map(({ email, consent, tags }) => [email, [consent, ...tags.sort()]]));
}

async function consentOf({ ctx }: Company, email: string): Promise<string[][]> {
  const rows = await ctx.tx((tx) =>
    tx.select().from(consentRecords).innerJoin(contacts, eq(contacts.id, consentRecords.contactId))
      .where(eq(contacts.email, email))
  );
  return rows.map(({ consent_records: { kind, source } }) => [kind, source]);
}
