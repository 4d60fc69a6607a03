import assert from "node:assert/strict";
import { systemActor } from "../../src/access/actor.ts";
import { INVITATION } from "../../src/access/emails.ts";
import { MONTHLY_REPORT } from "../../src/analytics/emails.ts";
import { createContactList } from "../../src/contacts/lists.ts";
import { TENANT_SIGN_UPS } from "../../src/contacts/sign_up_form.ts";
import { sendEmail } from "../../src/email/email.ts";
import { RESET_PASSWORD, VERIFY_ADDRESS } from "../../src/identity/emails.ts";
import { createMember, resolveInvitee } from "../../src/identity/new_members.ts";
import { DELETION_SCHEDULED, WELCOME } from "../../src/tenancy/emails.ts";
import { scheduleDeletion } from "../../src/tenancy/lifecycle.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import { take } from "../../src/rate_limits/limiter.ts";
import { TENANTS } from "../../src/tenancy/tenant_directory.ts";
import { createTenant, newTenant } from "../../src/tenancy/tenants.ts";
import { EmailServer, type ReceivedEmail } from "../support/email_server.ts";
import { startWorker } from "../support/jobs.ts";
import { PASSWORD, World } from "../support/world.ts";

/**
 * Protects: strangers can't use the product's emails to send their own words (S62). Emails to unconfirmed addresses contain no
 * words that a stranger chose, and no name in From looks like another sender.
 */

const STRANGER = "an unconfirmed address";
const COMPANY = "You won $500! Claim at https://evil.example/x";
const PERSON = "PayPal <security@paypal.example>";
const SUBDOMAIN = "you-won-500";
const CHOSEN = /won|claim|evil|paypal/i;
const ADDRESS = "victim@corp.example";

Deno.test("S62 an email to a new address contains nothing that a stranger entered in the sign-up form", async () => {
  await using server = await EmailServer.start();
  await using world = await World.open({ SMTP_URL: server.url().href });
  await using worker = await startWorker(world, "kv");
  const form = {
    company_name: COMPANY,
    subdomain: SUBDOMAIN,
    name: PERSON,
    email: ADDRESS,
    password: PASSWORD,
  };

  await world.browser().post(`http://${world.host()}/signup`, form);
  await world.browser().post(`http://${world.host()}/signup`, {
    ...form,
    subdomain: `${SUBDOMAIN}-2`,
    password: "a second stranger's",
  });
  await world.browser().post(`http://${world.host()}/forgot-password`, { email: ADDRESS });
  const tenant = (await world.services.use(TENANTS).findBySubdomain(SUBDOMAIN))!;
  await scheduleDeletion(await openTenant({ ...world.system, actor: systemActor(PERSON) }, tenant.id));
  await worker.idle();

  const subjects = server.received.map(({ parsed }) => parsed.subject);
  assert.deepEqual(subjects.toSorted(), [
    "Confirm your email address",
    "Confirm your email address",
    "Reset your Denizen password",
    "Your workspace will be deleted on April 1, 2026",
  ]);
  for (const email of server.received) assert.doesNotMatch(wordsOf(email), CHOSEN);
});

Deno.test(`S62 no email to ${STRANGER} contains a stranger's words`, async () => {
  await using server = await EmailServer.start();
  await using world = await World.open({ SMTP_URL: server.url().href });
  await using worker = await startWorker(world, "kv");
  const reader = await world.unconfirmedUser(ADDRESS, PERSON);
  const { tenant } = await world.company(SUBDOMAIN, COMPANY, reader);
  const { id: userId } = reader;
  const device = { ipAddress: "203.0.113.7", userAgent: "Claim/1.0 (evil.example)" };
  await scheduleDeletion(await openTenant(world.system, tenant.id));

  const { system } = world;
  const ofTenant = { tenantId: tenant.id };
  await system.tx(async (tx) => {
    await sendEmail(system, tx, VERIFY_ADDRESS, { userId });
    await sendEmail(system, tx, RESET_PASSWORD, { address: ADDRESS, ...device });
    await sendEmail(system, tx, WELCOME, { userId }, ofTenant);
    await sendEmail(system, tx, INVITATION, { userId, inviterName: PERSON }, ofTenant);
    await sendEmail(system, tx, DELETION_SCHEDULED, { userId, requestedBy: PERSON }, ofTenant);
    await sendEmail(system, tx, MONTHLY_REPORT, { userId, month: "2026-01" }, ofTenant);
  });
  await worker.idle();

  assert.ok(server.received.length >= 4);
  for (const email of server.received) assert.doesNotMatch(wordsOf(email), CHOSEN);
});

Deno.test("an owner without a password, created by the operator, gets a link and none of the names", async () => {
  await using world = await World.open();
  await using worker = await startWorker(world, "kv");
  const wanted = newTenant.parse({ name: COMPANY, subdomain: SUBDOMAIN });

  await createTenant(
    world.system,
    wanted,
    (tx) => resolveInvitee(world.system, tx, { email: ADDRESS, name: PERSON }),
  );
  await worker.idle();

  const [email] = await world.emails(ADDRESS);
  assert.equal(email!.subject, "Your workspace is ready");
  assert.ok(email!.links.some((link) => link.includes("/reset-password?token=")));
  assert.doesNotMatch(JSON.stringify(email), CHOSEN);
});

Deno.test("an invitation quotes plain names of the workspace and the inviter, but not in From or the subject", async () => {
  await using world = await World.open();
  await using worker = await startWorker(world, "kv");
  const [plain, evil] = [
    await world.company("plain", "Börner & Söhne"),
    await world.company("evil", COMPANY),
  ];
  const invite = async ({ tenant, ctx }: typeof plain, name: string, email: string) => {
    const actor = { ...ctx.actor, name };
    await createMember(await openTenant({ ...world.system, actor }, tenant.id), {
      email,
      name: PERSON,
      role: "admin",
    }, {
      invite: true,
    });
    await worker.idle();
    return (await world.emails(email))[0]!;
  };

  const named = await invite(plain, "Ada O'Neill", "one@corp.example");
  const nameless = await invite(evil, PERSON, "two@corp.example");
  const confirmed = await invite(evil, PERSON, (await world.user("three@corp.example", "Grace")).email);

  assert.match(named.text, /“Ada O'Neill” invited you to join “Börner & Söhne” as an admin/);
  assert.match(nameless.text, /You're invited to join a workspace as an admin/);
  for (const { subject } of [named, nameless, confirmed]) {
    assert.equal(subject, "You're invited to join a workspace");
  }
  for (const { from_name } of [named, nameless, confirmed]) assert.equal(from_name, "Denizen");
  assert.doesNotMatch(JSON.stringify([nameless.subject, nameless.text, nameless.html]), CHOSEN);
});

Deno.test("S62 strangers get the confirmation of a sign-up only if a confirmed person made the list, and no name in its subject", async () => {
  await using world = await World.open();
  await using worker = await startWorker(world, "kv");
  const parcel = "Your parcel is waiting";
  const stranger = await world.company(
    "parcel",
    parcel,
    await world.unconfirmedUser("stranger@evil.example", PERSON),
  );
  const acme = await world.company("acme", parcel);

  const refused = await world.api("POST", "/contact-lists", {
    token: await world.token(stranger),
    body: { name: parcel },
  });
  const list = await createContactList(acme.ctx, { name: "News", description: "" });
  await world.browser().post(`http://${world.host("acme")}/subscribe/${list.id}`, { email: ADDRESS });
  await worker.idle();
  const [email] = await world.emails(ADDRESS);
  for (let index = 1; index < 500; index++) await take(acme.ctx, TENANT_SIGN_UPS, acme.tenant.id);
  const late = await world.browser().post(`http://${world.host("acme")}/subscribe/${list.id}`, {
    email: "x@corp.example",
  });

  assert.equal(refused.status, 403);
  assert.match(refused.text, /Confirm your email address first/);
  assert.equal(email!.subject, "Confirm your subscription");
  assert.equal(late.status, 429);
});

Deno.test("an email to a confirmed address contains names, unless they look like another sender", async () => {
  await using server = await EmailServer.start();
  await using world = await World.open({
    SMTP_URL: server.url().href,
    EMAIL_FROM: "Denizen <hello@denizen.example>",
  });
  await using worker = await startWorker(world, "kv");
  const send = async (subdomain: string, name: string) => {
    const { tenant, ctx } = await world.company(subdomain, name);
    const person = await world.user(`ben@${subdomain}.example`, name);
    await createMember(await openTenant({ ...world.system, actor: ctx.actor }, tenant.id), {
      email: person.email,
      name,
      role: "member",
    }, {
      invite: true,
    });
    await worker.idle();
    const { from, to } = server.received.at(-1)!.parsed;
    return [from!.value[0]!.name, [to].flat()[0]!.value[0]!.name];
  };

  assert.deepEqual(await send("acme", "Acme Robotics"), ["Acme Robotics via Denizen", "Acme Robotics"]);
  assert.deepEqual(await send("paypal", PERSON), ["Denizen", ""]);
  assert.deepEqual(await send("northwind", "Denizen Security"), ["Denizen", "Denizen Security"]);
});

/** Everything that a reader sees in an email, and its headers. */
function wordsOf({ raw, parsed }: ReceivedEmail): string {
  const headers = raw.slice(0, raw.indexOf("\r\n\r\n"));
  return JSON.stringify([headers, parsed.subject, parsed.from, parsed.to, parsed.html, parsed.text]);
}
