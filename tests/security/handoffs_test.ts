import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { sessions } from "../../db/control/schema/identity.ts";
import { SIGN_INS } from "../../src/identity/sign_in_caches.ts";
import { findUserByEmail } from "../../src/identity/users.ts";
import { PASSWORD, World } from "../support/world.ts";

/**
 * Protects: a handoff works once, and only in the browser that is signed in on the apex (S14, S50).
 */

Deno.test("S14 a handoff works once, within a minute, on its own tenant's host", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await world.company("globex");
  const browser = await world.signedInBrowser(acme.owner.email);
  const [used, late, misled] = [
    await world.handoffLink(browser, acme),
    await world.handoffLink(browser, acme),
    await world.handoffLink(browser, acme),
  ];
  const open = async (link: string) => pathOf((await browser.get(link)).url);

  const elsewhere = await open(misled.replace("//acme.", "//globex."));
  const first = await open(used);
  await browser.post(`http://${world.host("acme")}/logout`);
  await browser.post(`http://${world.host()}/login`, { email: acme.owner.email, password: PASSWORD });
  await browser.post(`http://${world.host("acme")}/logout`);
  const second = await open(used);
  world.clock.advance(61_000);
  const tooLate = await open(late);

  assert.equal(first, "/dashboard");
  for (const end of [elsewhere, second, tooLate]) assert.equal(end, "/login?notice=handoff");
});

Deno.test("S50 an attacker's link for their own account signs in no browser, whatever its state", async (t) => {
  await using world = await World.open();
  const evil = await world.company("evil");
  const victim = await world.member(evil, "victim@corp.example", "member");
  const attacker = await world.signedInBrowser(evil.owner.email);
  const visitor = () => Promise.resolve(world.browser());
  const onTheApex = () => world.signedInBrowser(victim.email);
  const onTheTenantsHost = async () => {
    const browser = world.browser();
    await browser.post(`http://${world.host("evil")}/login`, { email: victim.email, password: PASSWORD });
    return browser;
  };
  const fresh = () => world.handoffLink(attacker, evil);
  const links: Record<string, () => Promise<string>> = {
    "a fresh link": fresh,
    "a link on its way to the proof": async () => (await hop(world, await fresh())).headers.location!,
    "a link that is bound to the attacker's browser": () => bind(world, attacker, fresh(), "a".repeat(64)),
    "a link that is bound to having no secret": () => bind(world, attacker, fresh(), sha256("")),
    "a link that is bound to nothing": () => bind(world, attacker, fresh(), ""),
  };

  for (const [name, make] of Object.entries(links)) {
    for (const begin of [visitor, onTheApex, onTheTenantsHost]) {
      await t.step(`${name}, opened by ${begin.name}`, async () => {
        const browser = await begin();
        const before = new Map(browser.cookies(world.host("evil")));

        const page = await browser.get(await make());
        const account = await browser.get(`http://${world.host("evil")}/dashboard`);

        assert.doesNotMatch(page.text + account.text, new RegExp(evil.owner.email));
        const session = browser.cookies(world.host("evil")).get("denizen_session");
        assert.equal(session, before.get("denizen_session"));
      });
    }
  }
});

Deno.test("S50 a form from another site or without the cookie redeems no handoff", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const attacker = await world.signedInBrowser(acme.owner.email);
  const token = tokenOf(await bind(world, attacker, world.handoffLink(attacker, acme), "a".repeat(64)));
  const url = `http://${world.host("acme")}/handoff`;

  const foreign = await world.browser().post(url, { token }, { Origin: "https://evil.example" });
  const bare = await world.browser().post(url, { token });

  assert.equal(foreign.status, 403);
  assert.equal(pathOf(bare.url), "/login?notice=handoff");
});

Deno.test("S50 a HEAD request doesn't use up a handoff in any step", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const browser = await world.signedInBrowser(acme.owner.email);
  const start = await world.handoffLink(browser, acme);
  const headers = { Cookie: browser.cookieHeader(world.host()) };
  const proof = `/handoff/proof?token=${tokenOf(start)}&state=${"a".repeat(64)}`;

  const heads = [
    await world.raw("HEAD", world.host("acme"), pathOf(start)),
    await world.raw("HEAD", world.host(), proof, headers),
    await world.raw("HEAD", world.host("acme"), pathOf(start)),
  ];
  const page = await browser.get(start);

  for (const head of heads) {
    assert.equal(head.status, 200);
    assert.equal(head.headers["set-cookie"], undefined);
  }
  assert.equal(page.url, `http://${world.host("acme")}/dashboard`);
});

Deno.test("S50 someone else's session on the host is replaced only after a confirmation", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const ben = await world.member(acme, "ben@acme.example", "member");
  const browser = await world.signedInBrowser(acme.owner.email);
  const host = world.host("acme");
  await browser.post(`http://${host}/login`, { email: ben.email, password: PASSWORD });
  const bensCookie = browser.cookieHeader(host);
  const link = await world.handoffLink(browser, acme);

  const question = await browser.get(link);
  const meanwhile = await browser.get(`http://${host}/dashboard`);
  world.clock.advance(2 * 60_000);
  const answered = await browser.post(`http://${host}/handoff`, { token: tokenOf(link) });
  const bens = await world.raw("GET", host, "/dashboard", { Cookie: bensCookie });

  assert.equal(question.status, 200);
  assert.match(question.text, /You&#39;re signed in here as <strong[^>]*>ben@acme\.example</);
  assert.match(question.text, /Continue as <strong[^>]*>owner@acme\.example</);
  assert.match(meanwhile.text, /ben@acme\.example/);
  assert.equal(answered.url, `http://${host}/dashboard`);
  assert.match(answered.text, /owner@acme\.example/);
  assert.equal(bens.status, 303, "the replaced session is over");
});

Deno.test("two tabs can open the same workspace at once", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const browser = await world.signedInBrowser(acme.owner.email);
  const links = [await world.handoffLink(browser, acme), await world.handoffLink(browser, acme)];

  const pages = await Promise.all(links.map((link) => browser.get(link)));

  for (const page of pages) assert.equal(page.url, `http://${world.host("acme")}/dashboard`);
});

Deno.test("S14 a handoff stops working after its user signs out or gets a new password", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await world.company("globex");
  const { email } = await world.member(acme, "owner@globex.example", "member");
  const [left, kept, reset] = [
    await world.signedInBrowser(email),
    await world.signedInBrowser(email),
    await world.signedInBrowser(email),
  ];
  const [afterSigningOut, ofAnother] = [
    await world.handoffLink(left, acme),
    await world.handoffLink(kept, acme),
  ];

  await left.post(`http://${world.host()}/logout`);
  const signedOut = await left.get(afterSigningOut);
  const other = await kept.get(ofAnother);
  const stale = await world.handoffLink(reset, acme);
  const user = (await findUserByEmail(world.system.control, email))!;
  const token = tokenOf(await world.passwordLink(user));
  await world.browser().post(`http://${world.host()}/reset-password`, {
    token,
    password: "a new and longer password",
  });
  const afterReset = await reset.get(stale);

  assert.equal(pathOf(signedOut.url), "/login?notice=handoff");
  assert.equal(other.url, `http://${world.host("acme")}/dashboard`);
  assert.equal(pathOf(afterReset.url), "/login?notice=handoff");
});

Deno.test("S14 a handoff from an expired sign-in doesn't work", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const browser = await world.signedInBrowser(acme.owner.email);
  const link = await world.handoffLink(browser, acme);
  await world.system.control.update(sessions).set({ expiresAt: world.clock.now() });
  world.services.use(SIGN_INS).forgetUser(acme.owner.id);

  const page = await browser.get(link);

  assert.equal(pathOf(page.url), "/login?notice=handoff");
});

Deno.test("over HTTPS, the secret's cookie is bound to the host", async () => {
  await using world = await World.open({ APP_URL: "https://app.example" });
  const acme = await world.company("acme");
  const token = await world.handoff(acme);

  const answer = await world.raw("GET", "acme.app.example", `/handoff?token=${token}`);

  const [cookie] = answer.headers["set-cookie"]!;
  assert.match(cookie!, /^__Host-denizen_handoff_[0-9a-f]{16}=[\w-]{43}; /);
  for (const part of ["Path=/", "HttpOnly", "Secure", "SameSite=Lax"]) {
    assert.match(cookie!, new RegExp(part));
  }
  assert.match(answer.headers.location!, /^https:\/\/app\.example\/handoff\/proof\?/);
});

/** Binds a handoff to a secret of the attacker's choice, with their own session on the apex. */
async function bind(
  world: World,
  attacker: ReturnType<World["browser"]>,
  link: Promise<string>,
  state: string,
) {
  const path = `/handoff/proof?token=${tokenOf(await link)}&state=${state}`;
  const cookies = { Cookie: attacker.cookieHeader(world.host()) };
  return (await world.raw("GET", world.host(), path, cookies)).headers.location!;
}

function hop(world: World, link: string) {
  const { host, pathname, search } = new URL(link);
  return world.raw("GET", host, pathname + search);
}

function tokenOf(link: string): string {
  return new URL(link).searchParams.get("token")!;
}

function pathOf(url: string): string {
  const { pathname, search } = new URL(url);
  return pathname + search;
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
