import { eq } from "drizzle-orm";
import assert from "node:assert/strict";
import { outbox } from "../../db/control/schema/outbox.ts";
import { users } from "../../db/control/schema/users.ts";
import { sendEmail } from "../../src/email/email.ts";
import { RESET_PASSWORD } from "../../src/identity/emails.ts";
import { createMember, resolveInvitee } from "../../src/identity/new_members.ts";
import { enqueue } from "../../src/outbox/outbox.ts";
import { HOUR, MINUTE } from "../../src/platform/clock.ts";
import { WELCOME } from "../../src/tenancy/emails.ts";
import { cancelDeletion, scheduleDeletion, updateTenant } from "../../src/tenancy/lifecycle.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import { createTenant, newTenant } from "../../src/tenancy/tenants.ts";
import { EmailServer } from "../support/email_server.ts";
import { startWorker } from "../support/jobs.ts";
import { PASSWORD, World } from "../support/world.ts";

/** Protects: people get each email once, and only they can use its links. */

const SIGN_UP = {
  company_name: "Acme Robotics",
  subdomain: "acme",
  name: "Ada Okafor",
  email: "ada@acme.example",
  password: PASSWORD,
};

Deno.test("a sign-up sends an email to confirm the address, over a real mail server, without the user's own words", async () => {
  await using server = await EmailServer.start();
  await using world = await World.open({
    SMTP_URL: server.url().href,
    EMAIL_FROM: "Denizen <hello@denizen.example>",
  });
  await using worker = await startWorker(world, "kv");

  await world.browser().post(`http://${world.host()}/signup`, SIGN_UP);
  await worker.idle();

  const [{ from, to, parsed }] = server.received as [typeof server.received[0]];
  assert.equal(parsed.subject, "Confirm your email address");
  assert.deepEqual([from, to], ["hello@denizen.example", ["ada@acme.example"]]);
  assert.equal(parsed.headers.get("auto-submitted"), "auto-generated");
  assert.equal(parsed.headers.has("list"), false, "emails about an account can't be turned off");
  assert.doesNotMatch(parsed.text!, /Ada|Okafor|Acme|Robotics/);
  assert.match(parsed.html as string, /^<!DOCTYPE html>/);
});

Deno.test("S14 a click confirms an address once, within a day, and opening the link changes nothing", async () => {
  await using world = await World.open();
  await using worker = await startWorker(world, "kv");
  const browser = world.browser();
  const dashboard = `http://${world.host("acme")}/dashboard`;
  await browser.post(`http://${world.host()}/signup`, SIGN_UP);
  await worker.idle();
  const link = linkOf(await world.emails("ada@acme.example"), "verify_address");
  const confirm = (token = tokenOf(link)) => browser.post(`http://${world.host()}/verify-email`, { token });
  const isAsked = async () => /Confirm your email\. We sent/.test((await browser.get(dashboard)).text);

  const looked = await world.browser().get(link);
  const askedAfterLooking = await isAsked();
  const foreign = await confirm(tokenOf(await world.passwordLink(await world.user("ada@acme.example"))));
  const confirmed = await confirm();
  const again = await confirm();

  assert.match(looked.text, /ada@acme\.example/);
  assert.equal(askedAfterLooking, true);
  assert.equal(foreign.status, 422, "a link for a password confirms no address");
  assert.match(confirmed.text, /Email confirmed/);
  assert.deepEqual([again.status, /This link no longer works/.test(again.text)], [422, true]);
  assert.equal(await isAsked(), false);
});

Deno.test("S14 an emailed link works only for the address that it went to, and only for its purpose", async () => {
  await using world = await World.open();
  await using worker = await startWorker(world, "kv");
  const { control } = world.system;
  await world.browser().post(`http://${world.host()}/signup`, SIGN_UP);
  await world.browser().post(`http://${world.host()}/forgot-password`, { email: SIGN_UP.email });
  await worker.idle();
  const emails = await world.emails(SIGN_UP.email);
  const [verify, reset] = [
    tokenOf(linkOf(emails, "verify_address")),
    tokenOf(linkOf(emails, "reset_password")),
  ];
  const setPassword = (token: string) =>
    world.browser().post(`http://${world.host()}/reset-password`, {
      token,
      password: "another password here",
    });
  const look = (path: string) => world.browser().get(`http://${world.host()}${path}`);

  const misused = [await look(`/reset-password?token=${verify}`), await setPassword(verify)];
  await control.update(users).set({ email: "new@acme.example" });
  const moved = [await look(`/reset-password?token=${reset}`), await setPassword(reset)];
  const movedLook = await look(`/verify-email?token=${verify}`);
  const movedVerify = await world.browser().post(`http://${world.host()}/verify-email`, { token: verify });
  await control.update(users).set({ email: SIGN_UP.email });

  for (const page of [...misused, ...moved]) assert.match(page.text, /used or has expired/);
  assert.match(movedLook.text, /This link no longer works/);
  assert.equal(movedVerify.status, 422);
  const [user] = await control.select().from(users);
  assert.equal(user!.emailVerifiedAt, null);
  assert.equal((await world.api("POST", "/auth/login", { body: SIGN_UP })).status, 200);
  assert.match((await setPassword(reset)).text, /Password saved/, "with the address it works");
});

Deno.test("S35 the links in an email always point to our own host, whatever host a request claims", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await using worker = await startWorker(world, "kv");
  const body = new URLSearchParams({ email: acme.owner.email }).toString();
  const ask = (host: string, headers: Record<string, string> = {}) =>
    world.raw("POST", host, "/forgot-password", {
      "Content-Type": "application/x-www-form-urlencoded",
      ...headers,
    }, body);

  const forged = await ask("evil.example");
  const forwarded = await ask(world.host(), {
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "https",
    Forwarded: "host=evil.example;proto=https",
  });
  await worker.idle();

  const emails = await world.emails();
  assert.deepEqual([forged.status, forwarded.status, emails.length], [404, 303, 1]);
  for (const link of emails[0]!.links) assert.equal(new URL(link).origin, `http://${world.host()}`);
  assert.doesNotMatch(JSON.stringify(emails), /evil\.example/);
});

Deno.test("S14 a link to confirm an address expires, and people can request five in an hour", async () => {
  await using world = await World.open();
  await using worker = await startWorker(world, "kv");
  const browser = world.browser();
  const again = `http://${world.host("acme")}/verify-email/resend`;
  await browser.post(`http://${world.host()}/signup`, SIGN_UP);
  await worker.idle();
  const first = linkOf(await world.emails(), "verify_address");

  for (let count = 0; count < 6; count++) await browser.post(again);
  await worker.idle();
  world.clock.advance(25 * HOUR);
  const late = await browser.get(first);
  const signedOut = await world.browser().post(again);
  await browser.post(`http://${world.host("acme")}/login`, { email: SIGN_UP.email, password: PASSWORD });
  await browser.post(again);
  await worker.idle();

  assert.match(late.text, /has been used or has expired/);
  assert.equal(signedOut.status, 401);
  assert.equal((await world.emails()).filter(({ message }) => message === "verify_address").length, 5 + 1);
});

Deno.test("an emailed link replaces a forgotten password and ends all sessions", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await using worker = await startWorker(world, "kv");
  const [own, thief] = [world.browser(), world.browser()];
  const login = { email: acme.owner.email, password: PASSWORD };
  await thief.post(`http://${world.host("acme")}/login`, login);

  const asked = await own.post(`http://${world.host()}/forgot-password`, { email: " Owner@ACME.example" });
  await worker.idle();
  const [email] = await world.emails(acme.owner.email);
  const page = await own.get(linkOf([email!], "reset_password"));
  const done = await own.post(`http://${world.host()}/reset-password`, {
    token: tokenOf(linkOf([email!], "reset_password")),
    password: "a new and longer password",
  });

  assert.match(asked.text, /we sent a link to it/);
  assert.match(email!.text.replaceAll(/\s+/g, " "), /90 minutes.*127\.0\.0\.1/);
  assert.match(page.text, /Choose a password/);
  assert.match(done.text, /Password saved/);
  assert.match((await thief.get(`http://${world.host("acme")}/dashboard`)).url, /\/login\?/);
  assert.equal((await world.api("POST", "/auth/login", { body: login })).status, 401);
  const renewed = { ...login, password: "a new and longer password" };
  assert.equal((await world.api("POST", "/auth/login", { body: renewed })).status, 200);
});

Deno.test("S09 an address without an account gets the same response and no email", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await using worker = await startWorker(world, "kv");
  const ask = async (email: string) => {
    const { status, headers, text } = await world.browser().post(`http://${world.host()}/forgot-password`, {
      email,
    });
    return [status, headers.location, text.replaceAll(/nonce="[^"]+"/g, "")];
  };

  const [known, unknown] = [await ask(acme.owner.email), await ask("nobody@else.example")];
  const none = await world.browser().post(`http://${world.host()}/forgot-password`, { email: "ada" });
  await worker.idle();

  assert.deepEqual(known, unknown);
  assert.equal(none.status, 422);
  assert.deepEqual((await world.emails()).map(({ to }) => to), [acme.owner.email]);
  const jobs = await world.system.control.select().from(outbox).where(
    eq(outbox.name, RESET_PASSWORD.job.name),
  );
  assert.deepEqual(jobs.map(({ state }) => state), ["done", "done"]);
});

Deno.test("S14 an emailed password link works for 90 minutes, and using one revokes the others", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await using worker = await startWorker(world, "kv");
  const ask = async () => {
    await world.browser().post(`http://${world.host()}/forgot-password`, { email: acme.owner.email });
    await worker.idle();
  };
  const use = (link: string) =>
    world.browser().post(`http://${world.host()}/reset-password`, {
      token: tokenOf(link),
      password: "yet another password here",
    });

  await ask();
  world.clock.advance(10 * MINUTE);
  await ask();
  const emails = await world.emails();
  const [second, first] = emails.map((email) => linkOf([email], "reset_password"));
  const used = await use(second!);
  const other = await use(first!);
  world.clock.advance(10 * MINUTE);
  await ask();
  world.clock.advance(91 * MINUTE);
  const late = await use(linkOf(await world.emails(), "reset_password"));

  assert.match(used.text, /Password saved/);
  for (const page of [other, late]) assert.match(page.text, /used or has expired/);
});

Deno.test("S14 the outbox contains no link's secret, and the database only its hash", async () => {
  await using world = await World.open();
  await using worker = await startWorker(world, "kv");
  await world.browser().post(`http://${world.host()}/signup`, SIGN_UP);
  await world.browser().post(`http://${world.host()}/forgot-password`, { email: SIGN_UP.email });
  await worker.idle();
  const tokens = (await world.emails()).flatMap(({ links }) => links)
    .map((link) => new URL(link).searchParams.get("token")).filter((token) => token !== null);
  await world.browser().post(`http://${world.host()}/dev/mailbox/clear`);

  const everything = await world.dumpControl();

  assert.ok(tokens.length >= 2);
  for (const token of tokens) assert.ok(!everything.includes(token));
});

Deno.test("an invitation to a new person has our name and brand, and its link sets their first password", async () => {
  await using world = await World.open();
  const acme = await world.company("acme", "Acme Robotics");
  const look = { brandColor: "#1d59b3", logoVersion: "0123456789abcdef" };
  await updateTenant(await openTenant(world.system, acme.tenant.id), look);
  await using worker = await startWorker(world, "kv");
  const ctx = { ...world.system, actor: acme.ctx.actor };
  const person = { email: "ben@acme.example", name: "Ben Vogel", role: "member" } as const;

  await createMember(await openTenant(ctx, acme.tenant.id), person, { invite: true });
  await worker.idle();
  const [email] = await world.emails("ben@acme.example");
  const token = tokenOf(linkOf([email!], "invitation"));
  await world.browser().post(`http://${world.host()}/reset-password`, { token, password: PASSWORD });
  const signedIn = await world.browser().post(`http://${world.host("acme")}/login`, {
    email: "ben@acme.example",
    password: PASSWORD,
  });

  assert.equal(email!.subject, "You're invited to join a workspace");
  assert.match(email!.text, /“Owner of Acme Robotics” invited you to join “Acme Robotics” as a member/);
  assert.equal(
    email!.from_name,
    "Denizen",
    "an unconfirmed address gets no email in a stranger's name or look",
  );
  assert.doesNotMatch(email!.html, /#1d59b3|\/logo/);
  assert.equal(signedIn.url, `http://${world.host("acme")}/dashboard`);
  assert.doesNotMatch(signedIn.text, /Confirm your email\. We sent/, "the link came by email");
});

Deno.test("an invitation to a person with an account says to sign in, and has the tenant's name and brand", async () => {
  await using world = await World.open();
  const [acme, globex] = [await world.company("acme", "Acme Robotics"), await world.company("globex")];
  const look = { brandColor: "#1d59b3", logoVersion: "0123456789abcdef" };
  await updateTenant(await openTenant(world.system, acme.tenant.id), look);
  await using worker = await startWorker(world, "kv");
  const person = { email: globex.owner.email, name: "Ben Vogel", role: "member" } as const;

  await createMember(await openTenant(world.system, acme.tenant.id), person, { invite: true });
  await worker.idle();

  const [email] = await world.emails(globex.owner.email);
  assert.equal(email!.subject, "You're invited to join Acme Robotics");
  assert.equal(email!.from_name, "Acme Robotics via Denizen");
  assert.match(email!.html, /#1d59b3/);
  const logo = `http://${world.host()}/brand/${acme.tenant.id}/logo?v=0123456789abcdef`;
  assert.ok(email!.html.includes(`src="${logo}"`));
  assert.ok(email!.links.includes(`http://${world.host("acme")}/login`));
  assert.equal(email!.links.some((link) => link.includes("token=")), false);
  assert.doesNotMatch(email!.text, /days|Acme Robotics” invited/);
});

Deno.test("an owner created without a password gets a welcome with a link to choose one", async () => {
  await using world = await World.open();
  await using worker = await startWorker(world, "kv");
  const person = { email: "ada@acme.example", name: "Ada" };
  const wanted = newTenant.parse({ name: "Acme Robotics", subdomain: "acme" });

  await createTenant(world.system, wanted, (tx) => resolveInvitee(world.system, tx, person));
  await worker.idle();
  const token = tokenOf(linkOf(await world.emails("ada@acme.example"), "welcome"));
  await world.browser().post(`http://${world.host()}/reset-password`, { token, password: PASSWORD });

  const body = { email: "ada@acme.example", password: PASSWORD };
  assert.equal((await world.api("POST", "/auth/login", { body })).status, 200);
});

Deno.test("former members and former owners get no invitation and no welcome", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const second = await world.member(acme, "second@acme.example", "member");
  const person = { email: "ben@acme.example", name: "Ben Vogel", role: "member" } as const;
  const ben = await createMember(await openTenant(world.system, acme.tenant.id), person, { invite: true });
  const ofAcme = { tenantId: acme.tenant.id };
  await world.system.tx((tx) => sendEmail(world.system, tx, WELCOME, { userId: second.id }, ofAcme));

  await world.removeMember(acme, ben);
  await using worker = await startWorker(world, "kv");
  await worker.idle();

  assert.deepEqual(await world.emails(), []);
});

Deno.test("S62 repeated sign-ups send an address five emails in an hour", async () => {
  await using world = await World.open();
  await using worker = await startWorker(world, "kv");
  const signUp = async (count: number) => {
    const words = { company_name: `Call 555 0100, ${count}`, subdomain: `workspace-${count}` };
    const password = `a stranger's password ${count}`;
    await world.browser().post(`http://${world.host()}/signup`, { ...SIGN_UP, ...words, password });
    await worker.idle();
  };

  for (let count = 0; count < 7; count++) await signUp(count);
  const atOnce = await world.emails(SIGN_UP.email);
  world.clock.advance(HOUR + MINUTE);
  await signUp(7);

  assert.equal(atOnce.length, 5);
  assert.equal((await world.emails(SIGN_UP.email)).length, 6);
});

Deno.test("a scheduled deletion emails all owners and no members, unless it is canceled first", async () => {
  await using world = await World.open();
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];
  await world.member(acme, "second@acme.example", "owner");
  await world.member(acme, "member@acme.example", "member");
  await scheduleDeletion(await openTenant({ ...world.system, actor: acme.ctx.actor }, acme.tenant.id));
  await scheduleDeletion(await openTenant(world.system, globex.tenant.id));
  await cancelDeletion(await openTenant(world.system, globex.tenant.id));
  await using worker = await startWorker(world, "kv");
  await worker.idle();

  const emails = await world.emails();
  assert.deepEqual(emails.map(({ to }) => to).sort(), ["owner@acme.example", "second@acme.example"]);
  assert.match(emails[0]!.text, /Owner of acme Ltd scheduled/);
});

Deno.test("a deferred email is retried as the same email, and a refused one is kept as a failed job", async () => {
  let reply: string | undefined = "451 4.3.0 Busy";
  await using server = await EmailServer.start({ refuseRecipient: () => reply });
  await using world = await World.open({ SMTP_URL: server.url().href });
  const acme = await world.company("acme");
  await using worker = await startWorker(world, "kv");
  const send = () =>
    world.system.tx((tx) =>
      enqueue(world.system, tx, WELCOME.job, { userId: acme.owner.id }, { tenantId: acme.tenant.id })
    );
  const stateOf = async (id: string | null) => {
    const [job] = await world.system.control.select().from(outbox).where(eq(outbox.id, id!));
    return [job!.state, job!.attempts, job!.error];
  };

  const first = await send();
  await worker.idle();
  const deferred = await stateOf(first);
  reply = undefined;
  world.clock.advance(HOUR);
  await worker.idle();
  reply = "554 5.7.1 Spam";
  const second = await send();
  await worker.idle();
  reply = "550 5.1.1 No such user";
  const third = await send();
  await worker.idle();
  const suppressed = await send();
  await worker.idle();

  assert.deepEqual(deferred.slice(0, 2), ["waiting", 1]);
  assert.match(String(deferred[2]), /Busy/);
  assert.deepEqual(await stateOf(first), ["done", 2, null]);
  assert.deepEqual(server.received.map(({ parsed }) => parsed.messageId), [`<${first}@localhost>`]);
  assert.deepEqual((await stateOf(second)).slice(0, 2), ["failed", 1]);
  assert.deepEqual((await stateOf(third)).slice(0, 2), ["done", 1]);
  assert.deepEqual((await stateOf(suppressed)).slice(0, 2), ["done", 1]);
});

function linkOf(emails: { message: string; links: string[] }[], message: string): string {
  const email = emails.find((one) => one.message === message);
  assert.ok(email, `there is an email ${message}`);
  return email.links.find((link) => link.includes("token="))!;
}

function tokenOf(link: string): string {
  return new URL(link).searchParams.get("token")!;
}
