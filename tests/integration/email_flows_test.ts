import assert from "node:assert/strict";
import { eq } from "drizzle-orm";
import { outbox } from "../../db/control/schema/outbox.ts";
import { users } from "../../db/control/schema/users.ts";
import { createMember, resolveInvitee } from "../../src/identity/new_members.ts";
import { createTenant, newTenant } from "../../src/tenancy/tenants.ts";
import { enqueue } from "../../src/outbox/outbox.ts";
import { HOUR, MINUTE } from "../../src/platform/clock.ts";
import { cancelDeletion, scheduleDeletion, updateTenant } from "../../src/tenancy/lifecycle.ts";
import { startWorker } from "../support/jobs.ts";
import { MailServer } from "../support/mail_server.ts";
import { PASSWORD, World } from "../support/world.ts";
import { TENANTS } from "../../src/tenancy/tenant_directory.ts";
import { SEND_EMAIL } from "../../src/email/send_email.ts";

/** Protects: what happens to people reaches them by mail, once, and what the mail's links open is theirs alone. */

const SIGN_UP = {
  company_name: "Acme Robotics",
  subdomain: "acme",
  name: "Ada Okafor",
  email: "ada@acme.example",
  password: PASSWORD,
};

Deno.test("someone who signs up is asked to confirm the address, by a real mail server, in our own words alone", async () => {
  await using server = await MailServer.start();
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
  assert.equal(parsed.headers.has("list"), false, "what is about an account can't be unsubscribed from");
  assert.doesNotMatch(parsed.text!, /Ada|Okafor|Acme|Robotics/);
  assert.match(parsed.html as string, /^<!DOCTYPE html>/);
});

Deno.test("S14 an address is confirmed by a click, once, within a day; looking at the link changes nothing", async () => {
  await using world = await World.open();
  await using worker = await startWorker(world, "kv");
  const browser = world.browser();
  const dashboard = `http://${world.host("acme")}/dashboard`;
  await browser.post(`http://${world.host()}/signup`, SIGN_UP);
  await worker.idle();
  const link = linkOf(await world.emails("ada@acme.example"), "verify_address");
  const confirm = (token = tokenOf(link)) => browser.post(`http://${world.host()}/verify-email`, { token });
  const isAsked = async () => /Confirm your email/.test((await browser.get(dashboard)).text);

  const looked = await world.browser().get(link);
  const askedAfterLooking = await isAsked();
  const foreign = await confirm(tokenOf(await world.passwordLink(await world.user("ada@acme.example"))));
  const confirmed = await confirm();
  const again = await confirm();

  assert.match(looked.text, /ada@acme\.example/);
  assert.equal(askedAfterLooking, true);
  assert.equal(foreign.status, 422, "a link for a password confirms no address");
  assert.match(confirmed.text, /Email confirmed/);
  assert.deepEqual([again.status, /doesn&#39;t work any more/.test(again.text)], [422, true]);
  assert.equal(await isAsked(), false);
});

Deno.test("S14 a mailed link works for the address that it went to, and for its own purpose, alone", async () => {
  await using world = await World.open();
  await using worker = await startWorker(world, "kv");
  const { control } = world.system;
  await world.browser().post(`http://${world.host()}/signup`, SIGN_UP);
  await world.browser().post(`http://${world.host()}/forgot-password`, { email: SIGN_UP.email });
  await worker.idle();
  const mails = await world.emails(SIGN_UP.email);
  const [verify, reset] = [
    tokenOf(linkOf(mails, "verify_address")),
    tokenOf(linkOf(mails, "reset_password")),
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
  assert.match(movedLook.text, /doesn&#39;t work any more/);
  assert.equal(movedVerify.status, 422);
  const [user] = await control.select().from(users);
  assert.equal(user!.emailVerifiedAt, null);
  assert.equal((await world.api("POST", "/auth/login", { body: SIGN_UP })).status, 200);
  assert.match((await setPassword(reset)).text, /Password saved/, "with the address it works");
});

Deno.test("S35 the links of a mail lead to our own address, whatever host a request claims", async () => {
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

  const mails = await world.emails();
  assert.deepEqual([forged.status, forwarded.status, mails.length], [404, 303, 1]);
  for (const link of mails[0]!.links) assert.equal(new URL(link).origin, `http://${world.host()}`);
  assert.doesNotMatch(JSON.stringify(mails), /evil\.example/);
});

Deno.test("S14 a link to confirm an address expires, and another can be had, one in five minutes", async () => {
  await using world = await World.open();
  await using worker = await startWorker(world, "kv");
  const browser = world.browser();
  const again = `http://${world.host("acme")}/verify-email/resend`;
  await browser.post(`http://${world.host()}/signup`, SIGN_UP);
  await worker.idle();
  const first = linkOf(await world.emails(), "verify_address");

  for (let count = 0; count < 3; count++) await browser.post(again);
  world.clock.advance(25 * HOUR);
  await worker.idle();
  const late = await browser.get(first);
  const signedOut = await world.browser().post(again);
  await browser.post(`http://${world.host("acme")}/login`, { email: SIGN_UP.email, password: PASSWORD });
  await browser.post(again);
  await worker.idle();

  assert.match(late.text, /older than 24 hours/);
  assert.equal(signedOut.status, 401);
  assert.equal((await world.emails()).filter(({ message }) => message === "verify_address").length, 3);
});

Deno.test("a forgotten password is replaced by a mailed link, and whoever was signed in is out", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await using worker = await startWorker(world, "kv");
  const [own, thief] = [world.browser(), world.browser()];
  const login = { email: acme.owner.email, password: PASSWORD };
  await thief.post(`http://${world.host("acme")}/login`, login);

  const asked = await own.post(`http://${world.host()}/forgot-password`, { email: " Owner@ACME.example" });
  await worker.idle();
  const [mail] = await world.emails(acme.owner.email);
  const page = await own.get(linkOf([mail!], "reset_password"));
  const done = await own.post(`http://${world.host()}/reset-password`, {
    token: tokenOf(linkOf([mail!], "reset_password")),
    password: "a new and longer password",
  });

  assert.match(asked.text, /we sent a link to it/);
  assert.match(mail!.text.replaceAll(/\s+/g, " "), /30 minutes.*127\.0\.0\.1/);
  assert.match(page.text, /Choose a password/);
  assert.match(done.text, /Password saved/);
  assert.match((await thief.get(`http://${world.host("acme")}/dashboard`)).url, /\/login\?/);
  assert.equal((await world.api("POST", "/auth/login", { body: login })).status, 401);
  const renewed = { ...login, password: "a new and longer password" };
  assert.equal((await world.api("POST", "/auth/login", { body: renewed })).status, 200);
});

Deno.test("S09 for an address without an account the answer is the same, and nobody gets a mail", async () => {
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
  const jobs = await world.system.control.select().from(outbox).where(eq(outbox.name, "email.send"));
  assert.deepEqual(jobs.map(({ state }) => state), ["done", "done"]);
});

Deno.test("S14 a mailed password link works for half an hour, and one that was used ends the others", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await using worker = await startWorker(world, "kv");
  const ask = async () => {
    for (let count = 0; count < 2; count++) {
      await world.browser().post(`http://${world.host()}/forgot-password`, { email: acme.owner.email });
    }
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
  const mails = await world.emails();
  const [second, first] = mails.map((mail) => linkOf([mail], "reset_password"));
  const used = await use(second!);
  const other = await use(first!);
  world.clock.advance(10 * MINUTE);
  await ask();
  world.clock.advance(31 * MINUTE);
  const late = await use(linkOf(await world.emails(), "reset_password"));

  assert.equal(mails.length, 2, "one mail in five minutes");
  assert.match(used.text, /Password saved/);
  for (const page of [other, late]) assert.match(page.text, /used or has expired/);
});

Deno.test("S14 no link's secret lies in the outbox, and none is in the database but as its hash", async () => {
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

Deno.test("someone new is invited in our name and look, and the link is their first password", async () => {
  await using world = await World.open();
  const acme = await world.company("acme", "Acme Robotics");
  const look = { brandColor: "#1d59b3", logoUrl: "https://acme.example/logo.png" };
  await updateTenant(world.system, acme.tenant.id, look);
  await using worker = await startWorker(world, "kv");
  const ctx = { ...world.system, actor: acme.ctx.actor };
  const person = { email: "ben@acme.example", name: "Ben Vogel", role: "member" } as const;

  await createMember(ctx, acme.tenant, person, { invite: true });
  await worker.idle();
  const [mail] = await world.emails("ben@acme.example");
  const token = tokenOf(linkOf([mail!], "invitation"));
  await world.browser().post(`http://${world.host()}/reset-password`, { token, password: PASSWORD });
  const signedIn = await world.browser().post(`http://${world.host("acme")}/login`, {
    email: "ben@acme.example",
    password: PASSWORD,
  });

  assert.equal(mail!.subject, "You're invited to join a workspace");
  assert.match(mail!.text, /“Owner of Acme Robotics” invited you to join “Acme Robotics” as a member/);
  assert.equal(
    mail!.from_name,
    "Denizen",
    "an unconfirmed address gets no email in a stranger's name or look",
  );
  assert.doesNotMatch(mail!.html, /#1d59b3|acme\.example\/logo/);
  assert.equal(signedIn.url, `http://${world.host("acme")}/dashboard`);
  assert.doesNotMatch(signedIn.text, /Confirm your email/, "the link came by email");
});

Deno.test("someone with an account is invited to sign in, in the tenant's name and look", async () => {
  await using world = await World.open();
  const [acme, globex] = [await world.company("acme", "Acme Robotics"), await world.company("globex")];
  const look = { brandColor: "#1d59b3", logoUrl: "https://acme.example/logo.png" };
  await updateTenant(world.system, acme.tenant.id, look);
  await using worker = await startWorker(world, "kv");
  const person = { email: globex.owner.email, name: "Ben Vogel", role: "member" } as const;

  await createMember(world.system, acme.tenant, person, { invite: true });
  await worker.idle();

  const [mail] = await world.emails(globex.owner.email);
  assert.equal(mail!.subject, "You're invited to join a workspace");
  assert.equal(mail!.from_name, "Acme Robotics via Denizen");
  assert.match(mail!.html, /#1d59b3/);
  assert.match(mail!.html, /src="https:\/\/acme\.example\/logo\.png"/);
  assert.ok(mail!.links.includes(`http://${world.host("acme")}/login`));
  assert.equal(mail!.links.some((link) => link.includes("token=")), false);
  assert.doesNotMatch(mail!.text, /days|Acme Robotics” invited/);
});

Deno.test("an owner made without a password is welcomed with a link to choose one", async () => {
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

Deno.test("whoever has left, or owns the workspace no more, is neither invited nor welcomed", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const second = await world.member(acme, "second@acme.example", "member");
  const person = { email: "ben@acme.example", name: "Ben Vogel", role: "member" } as const;
  const ben = await createMember(world.system, acme.tenant, person, { invite: true });
  await acme.ctx.tx((tx) => enqueue(acme.ctx, tx, SEND_EMAIL, { message: "welcome", userId: second.id }));

  await world.removeMember(acme, ben);
  await using worker = await startWorker(world, "kv");
  await worker.idle();

  assert.deepEqual(await world.emails(), []);
});

Deno.test("signing up again and again with someone's address emails them once in five minutes", async () => {
  await using world = await World.open();
  await using worker = await startWorker(world, "kv");
  const signUp = async (count: number) => {
    const words = { company_name: `Call 555 0100, ${count}`, subdomain: `workspace-${count}` };
    const password = `a stranger's password ${count}`;
    await world.browser().post(`http://${world.host()}/signup`, { ...SIGN_UP, ...words, password });
    await worker.idle();
  };

  for (let count = 0; count < 4; count++) await signUp(count);
  const atOnce = await world.emails(SIGN_UP.email);
  world.clock.advance(5 * MINUTE);
  await signUp(4);

  assert.deepEqual(atOnce.map(({ message }) => message), ["verify_address", "verify_address"]);
  assert.equal((await world.emails(SIGN_UP.email)).length, 3);
});

Deno.test("a brand is a color and an https address, and a viewer can't set it", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await world.member(acme, "eve@acme.example", "viewer");
  const [owner, viewer] = [world.browser(), world.browser()];
  const login = `http://${world.host("acme")}/login`;
  await owner.post(login, { email: acme.owner.email, password: PASSWORD });
  await viewer.post(login, { email: "eve@acme.example", password: PASSWORD });
  const save = (browser: typeof owner, brand_color: string, logo_url: string) =>
    browser.post(`http://${world.host("acme")}/settings/brand`, { brand_color, logo_url });

  const refused = [
    await save(owner, "red", ""),
    await save(owner, "#1d59b3; x", ""),
    await save(owner, "", "http://acme.example/logo.png"),
    await save(owner, "", "javascript:alert(1)"),
    await save(owner, "", "https://127.0.0.1/logo.png"),
  ];
  const saved = await save(owner, "#1D59B3", "https://acme.example/logo.png");
  const foreign = await save(viewer, "#000000", "");
  const json =
    (await world.api("GET", `/tenants/${acme.tenant.id}`, { token: await world.token(acme) })).json;
  await save(owner, "", "");

  assert.deepEqual(refused.map(({ status }) => status), [422, 422, 422, 422, 422]);
  assert.match(refused[0]!.text, /id="brand-color-error"/);
  assert.match(saved.text, /Brand saved/);
  assert.equal(foreign.status, 403);
  assert.deepEqual([json.brand_color, json.logo_url], ["#1d59b3", "https://acme.example/logo.png"]);
  const tenant = await world.services.use(TENANTS).findById(acme.tenant.id);
  assert.deepEqual(tenant!.brand, { color: null, logoUrl: null });
});

Deno.test("all owners are told of a deletion, unless it is taken back first, and members are not", async () => {
  await using world = await World.open();
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];
  await world.member(acme, "second@acme.example", "owner");
  await world.member(acme, "member@acme.example", "member");
  await scheduleDeletion({ ...world.system, actor: acme.ctx.actor }, acme.tenant.id);
  await scheduleDeletion(world.system, globex.tenant.id);
  await cancelDeletion(world.system, globex.tenant.id);
  await using worker = await startWorker(world, "kv");
  await worker.idle();

  const mails = await world.emails();
  assert.deepEqual(mails.map(({ to }) => to).sort(), ["owner@acme.example", "second@acme.example"]);
  assert.match(mails[0]!.text, /Owner of acme Ltd asked/);
});

Deno.test("a mail that can't leave is tried again as the same mail, and one that is refused rests among the failed", async () => {
  let reply: string | undefined = "451 4.3.0 Busy";
  await using server = await MailServer.start({ refuseRecipient: () => reply });
  await using world = await World.open({ SMTP_URL: server.url().href });
  const acme = await world.company("acme");
  await using worker = await startWorker(world, "kv");
  const send = () =>
    acme.ctx.tx((tx) => enqueue(acme.ctx, tx, SEND_EMAIL, { message: "welcome", userId: acme.owner.id }));
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

function linkOf(mails: { message: string; links: string[] }[], message: string): string {
  const mail = mails.find((one) => one.message === message);
  assert.ok(mail, `there is a mail ${message}`);
  return mail.links.find((link) => link.includes("token="))!;
}

function tokenOf(link: string): string {
  return new URL(link).searchParams.get("token")!;
}
