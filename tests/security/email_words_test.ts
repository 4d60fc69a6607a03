import assert from "node:assert/strict";
import { createMember, resolveInvitee } from "../../src/identity/new_members.ts";
import { enqueue } from "../../src/outbox/outbox.ts";
import type { EmailRequest } from "../../src/email/email_requests.ts";
import { scheduleDeletion } from "../../src/tenancy/lifecycle.ts";
import { createTenant, newTenant } from "../../src/tenancy/tenants.ts";
import { startWorker } from "../support/jobs.ts";
import { MailServer, type ReceivedMail } from "../support/mail_server.ts";
import { PASSWORD, World } from "../support/world.ts";
import { TENANTS } from "../../src/tenancy/tenant_directory.ts";
import { systemActor } from "../../src/access/actor.ts";
import { SEND_EMAIL } from "../../src/email/send_email.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";

/**
 * Protects: a stranger can't use our emails to tell someone something (S62). An email to an unconfirmed address has only our own
 * words in it, and no name in From can pass for another sender.
 */

const STRANGER = "an unconfirmed address";
const COMPANY = "You won $500! Claim at https://evil.example/x";
const PERSON = "PayPal <security@paypal.example>";
const SUBDOMAIN = "you-won-500";
const CHOSEN = /won|claim|evil|paypal/i;
const ADDRESS = "victim@corp.example";

Deno.test("S62 nothing that a stranger typed into the sign-up form gets into an email to the address", async () => {
  await using server = await MailServer.start();
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
    "Choose a new password for Denizen",
    "Confirm your email address",
    "Confirm your email address",
    "Your workspace will be deleted on 1 April 2026",
  ]);
  for (const email of server.received) assert.doesNotMatch(wordsOf(email), CHOSEN);
});

Deno.test(`S62 no kind of email to ${STRANGER} has a stranger's words in it`, async () => {
  await using server = await MailServer.start();
  await using world = await World.open({ SMTP_URL: server.url().href });
  await using worker = await startWorker(world, "kv");
  const reader = await world.unconfirmedUser(ADDRESS, PERSON);
  const { ctx, tenant } = await world.company(SUBDOMAIN, COMPANY, reader);
  const { id: userId } = reader;
  const device = { ipAddress: "203.0.113.7", userAgent: "Claim/1.0 (evil.example)" };
  const aboutTheAccount: EmailRequest[] = [
    { message: "verify_address", userId },
    { message: "reset_password", address: ADDRESS, ...device },
  ];
  const aboutTheWorkspace: EmailRequest[] = [
    { message: "welcome", userId },
    { message: "invitation", userId, inviterName: PERSON },
    { message: "deletion_scheduled", userId, requestedBy: PERSON },
    { message: "monthly_report", userId, month: "2026-01" },
  ];
  await scheduleDeletion(await openTenant(world.system, tenant.id));

  await world.system.tx(async (tx) => {
    for (const payload of aboutTheAccount) await enqueue(world.system, tx, SEND_EMAIL, payload);
  });
  await ctx.tx(async (tx) => {
    for (const payload of aboutTheWorkspace) await enqueue(ctx, tx, SEND_EMAIL, payload);
  });
  await worker.idle();

  assert.ok(server.received.length >= 4);
  for (const email of server.received) assert.doesNotMatch(wordsOf(email), CHOSEN);
});

Deno.test("an owner without a password, made by the operator, gets a link and none of the names", async () => {
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

Deno.test("an invitation names workspace and inviter where the names are only names, and never in From or the subject", async () => {
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

Deno.test("a confirmed address is greeted by name, unless the name could pass for another sender", async () => {
  await using server = await MailServer.start();
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

/** All that a reader sees of an email, and its headers. */
function wordsOf({ raw, parsed }: ReceivedMail): string {
  const headers = raw.slice(0, raw.indexOf("\r\n\r\n"));
  return JSON.stringify([headers, parsed.subject, parsed.from, parsed.to, parsed.html, parsed.text]);
}
