import assert from "node:assert/strict";
import { eq } from "drizzle-orm";
import { sessions } from "../../db/control/schema/identity.ts";
import { listSignIns, revokeSignIn, SIGN_IN_LIST } from "../../src/identity/sign_ins.ts";
import { DAY, HOUR, MINUTE } from "../../src/platform/clock.ts";
import { PASSWORD, World } from "../support/world.ts";

const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const SAFARI =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1";

/** Protects: a session lasts as long as requested, works only on its hosts, and ends on request. */

Deno.test("a user with one workspace who signs in on the apex lands there directly", async () => {
  await using world = await World.open();
  const acme = await world.company("acme", "Acme Robotics");
  const browser = world.browser();

  const page = await browser.post(`http://${world.host()}/login`, {
    email: acme.owner.email,
    password: PASSWORD,
  });

  assert.equal(page.url, `http://${world.host("acme")}/dashboard`);
  assert.match(page.text, /class="[^"]*tenant-name[^"]*"[^>]*>Acme Robotics</);
});

Deno.test("a user with several workspaces chooses one and is signed in there", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const globex = await world.company("globex");
  await world.member(globex, acme.owner.email, "viewer");
  const browser = world.browser();

  const chooser = await browser.post(`http://${world.host()}/login`, {
    email: acme.owner.email,
    password: PASSWORD,
  });
  const page = await browser.post(`http://${world.host()}/workspaces/${globex.tenant.id}/handoff`);

  assert.equal(chooser.url, `http://${world.host()}/workspaces`);
  for (const name of ["acme Ltd", "globex Ltd"]) assert.match(chooser.text, new RegExp(name));
  assert.equal(page.url, `http://${world.host("globex")}/dashboard`);
});

Deno.test("a page that requires sign-in opens after sign-in", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const browser = world.browser();

  const form = await browser.get(`http://${world.host("acme")}/projects?status=archived`);
  const next = /name="next" value="([^"]+)"/.exec(form.text)![1]!.replaceAll("&amp;", "&");
  const page = await browser.post(`http://${world.host("acme")}/login`, {
    email: acme.owner.email,
    password: PASSWORD,
    next,
  });

  assert.equal(page.url, `http://${world.host("acme")}/projects?status=archived`);
});

for (
  const next of [
    "//evil.example",
    "/\\evil.example",
    "https:evil.example",
    "https://evil.example/dashboard",
    "%2f%2fevil.example",
  ]
) {
  Deno.test(`S19 signing in with next=${next} stays on this host`, async () => {
    await using world = await World.open();
    const acme = await world.company("acme");

    const page = await world.browser().post(`http://${world.host("acme")}/login`, {
      email: acme.owner.email,
      password: PASSWORD,
      next,
    });

    assert.equal(page.url, `http://${world.host("acme")}/dashboard`);
  });
}

Deno.test("a wrong password gets 422 with one message, keeps the email, and never returns the password", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");

  const page = await world.browser().post(`http://${world.host()}/login`, {
    email: acme.owner.email,
    password: "wrong one here",
  });

  assert.equal(page.status, 422);
  assert.match(page.text, /Wrong email or password/);
  assert.match(page.text, new RegExp(`value="${acme.owner.email}"`));
  assert.doesNotMatch(page.text, /wrong one here/);
});

Deno.test("a session that isn't remembered expires after 24 hours without a visit", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const browser = world.browser();
  const dashboard = `http://${world.host("acme")}/dashboard`;
  await browser.post(`http://${world.host("acme")}/login`, { email: acme.owner.email, password: PASSWORD });

  world.clock.advance(23 * HOUR);
  const inTime = await browser.get(dashboard);
  world.clock.advance(23 * HOUR);
  const again = await browser.get(dashboard);
  world.clock.advance(25 * HOUR);
  const late = await browser.get(dashboard);

  assert.deepEqual([inTime.url, again.url], [dashboard, dashboard]);
  assert.match(late.url, /\/login\?/);
});

Deno.test("a remembered session lasts 30 days from the last visit", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const browser = world.browser();
  const dashboard = `http://${world.host("acme")}/dashboard`;
  await browser.post(`http://${world.host("acme")}/login`, {
    email: acme.owner.email,
    password: PASSWORD,
    remember: "on",
  });

  world.clock.advance(29 * DAY);
  const inTime = await browser.get(dashboard);
  assert.match(
    String(inTime.headers["set-cookie"]),
    /Max-Age=2592000/,
    "the browser keeps the cookie as long",
  );
  world.clock.advance(29 * DAY);
  const again = await browser.get(dashboard);
  world.clock.advance(31 * DAY);
  const late = await browser.get(dashboard);

  assert.deepEqual([inTime.url, again.url], [dashboard, dashboard]);
  assert.match(late.url, /\/login\?/);
});

Deno.test("a remembered session that is used every day ends after 90 days, unless its user proves who they are", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const [idle, proving] = [world.browser(), world.browser()];
  const dashboard = `http://${world.host("acme")}/dashboard`;
  const form = { email: acme.owner.email, password: PASSWORD, remember: "on" };
  for (const browser of [idle, proving]) await browser.post(`http://${world.host("acme")}/login`, form);

  for (let visit = 0; visit < 4; visit++) {
    world.clock.advance(22 * DAY);
    for (const browser of [idle, proving]) assert.equal((await browser.get(dashboard)).url, dashboard);
  }
  await proving.post(`http://${world.host("acme")}/reauthenticate`, {
    next: "/dashboard",
    step_up: "confirm",
    step_up_password: PASSWORD,
  });
  world.clock.advance(3 * DAY);

  assert.match((await idle.get(dashboard)).url, /\/login\?/);
  assert.equal((await proving.get(dashboard)).url, dashboard);
});

Deno.test("S15 the session's token changes when its user proves again who they are", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const [browser, thief] = [world.browser(), world.browser()];
  const host = world.host("acme");
  const tokenOf = () => browser.cookies(host).get("denizen_session")!;
  await browser.post(`http://${host}/login`, { email: acme.owner.email, password: PASSWORD, remember: "on" });
  const before = tokenOf();

  await browser.post(`http://${host}/reauthenticate`, {
    next: "/dashboard",
    step_up: "confirm",
    step_up_password: PASSWORD,
  });
  thief.setCookie(host, "denizen_session", before);

  assert.notEqual(tokenOf(), before);
  assert.equal((await browser.get(`http://${host}/dashboard`)).url, `http://${host}/dashboard`);
  assert.match((await thief.get(`http://${host}/dashboard`)).url, /\/login\?/);
});

Deno.test("ending other sessions takes a proof of who asks", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const [browser, other] = [world.browser(), world.browser()];
  const host = `http://${world.host("acme")}`;
  const form = { email: acme.owner.email, password: PASSWORD, remember: "on" };
  for (const one of [browser, other]) await one.post(`${host}/login`, form);
  world.clock.advance(11 * MINUTE);

  const asked = await browser.post(`${host}/account/sessions/end-others`);
  const still = await other.get(`${host}/dashboard`);
  await browser.post(`${host}/account/sessions/end-others`, {
    step_up: "confirm",
    step_up_password: PASSWORD,
  });

  assert.equal(asked.status, 403);
  assert.match(asked.text, /name="step_up_password"/);
  assert.equal(still.url, `${host}/dashboard`);
  assert.match((await other.get(`${host}/dashboard`)).url, /\/login\?/);
  assert.equal((await browser.get(`${host}/dashboard`)).url, `${host}/dashboard`);
});

Deno.test("signing out on a tenant's host signs out this browser everywhere, and no other browser", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const [here, elsewhere] = [world.browser(), world.browser()];
  for (const browser of [here, elsewhere]) {
    await browser.post(`http://${world.host()}/login`, { email: acme.owner.email, password: PASSWORD });
  }

  await here.post(`http://${world.host("acme")}/logout`);

  assert.match((await here.get(`http://${world.host("acme")}/dashboard`)).url, /\/login\?/);
  assert.match((await here.get(`http://${world.host()}/workspaces`)).url, /\/login\?/);
  assert.match((await elsewhere.get(`http://${world.host("acme")}/dashboard`)).url, /\/dashboard$/);
});

Deno.test("signing out on all devices ends all of the user's sessions", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const [here, elsewhere] = [world.browser(), world.browser()];
  for (const browser of [here, elsewhere]) {
    await browser.post(`http://${world.host("acme")}/login`, { email: acme.owner.email, password: PASSWORD });
  }

  await here.post(`http://${world.host("acme")}/logout`, { everywhere: "on" });

  for (const browser of [here, elsewhere]) {
    assert.match((await browser.get(`http://${world.host("acme")}/dashboard`)).url, /\/login\?/);
  }
});

Deno.test("sign-ins are listed by last use, and each can be revoked", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const [older, newer] = [world.browser(), world.browser()];
  await older.post(`http://${world.host("acme")}/login`, { email: acme.owner.email, password: PASSWORD }, {
    "User-Agent": FIREFOX,
  });
  world.clock.advance(MINUTE);
  await newer.post(`http://${world.host("acme")}/login`, { email: acme.owner.email, password: PASSWORD }, {
    "User-Agent": SAFARI,
  });

  const { items } = await listSignIns(world.system, acme.owner.id, SIGN_IN_LIST.query.parse({}));
  await revokeSignIn(world.system, acme.owner.id, items[1]!.id);

  assert.deepEqual(items.map(({ browser, system }) => [browser, system]), [["Safari", "iOS"], [
    "Firefox",
    "Linux",
  ]]);
  assert.match((await older.get(`http://${world.host("acme")}/dashboard`)).url, /\/login\?/);
  assert.match((await newer.get(`http://${world.host("acme")}/dashboard`)).url, /\/dashboard$/);
});

Deno.test("S15 signing in again starts a new session, and old or planted session tokens don't work", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const [browser, elsewhere] = [world.browser(), await world.signedInBrowser(acme.owner.email)];
  const host = world.host("acme");
  const login = { email: acme.owner.email, password: PASSWORD };
  const dashboardWith = async (cookie: string) =>
    (await world.raw("GET", host, "/dashboard", { Cookie: cookie })).status;
  browser.setCookie(host, "denizen_session", "fixed-by-an-attacker");

  await browser.post(`http://${host}/login`, login);
  const first = browser.cookieHeader(host);
  await browser.post(`http://${host}/login`, login);
  const second = browser.cookieHeader(host);

  assert.equal(new Set(["denizen_session=fixed-by-an-attacker", first, second]).size, 3);
  assert.deepEqual([await dashboardWith(first), await dashboardWith(second)], [303, 200]);
  assert.match((await elsewhere.get(`http://${world.host()}/workspaces`)).url, /\/workspaces$/);
});

Deno.test("S15 signing in again on the apex ends the earlier sign-in's sessions on tenants' hosts", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const ben = await world.member(acme, "ben@acme.example", "member");
  const browser = await world.signedInBrowser(acme.owner.email);
  await browser.get(await world.handoffLink(browser, acme));
  const [apexCookie, hostCookie] = [
    browser.cookieHeader(world.host()),
    browser.cookieHeader(world.host("acme")),
  ];

  await browser.post(`http://${world.host()}/login`, {
    email: ben.email,
    password: PASSWORD,
    next: "/workspaces",
  });
  const onTheApex = await world.raw("GET", world.host(), "/workspaces", { Cookie: apexCookie });
  const onTheHost = await world.raw("GET", world.host("acme"), "/dashboard", { Cookie: hostCookie });

  assert.deepEqual([onTheApex.status, onTheHost.status], [303, 303]);
});

Deno.test("opening a workspace twice leaves one session there and doesn't affect the sign-in's other sessions", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const browser = await world.signedInBrowser(acme.owner.email);
  await browser.get(await world.handoffLink(browser, acme));
  const before = browser.cookieHeader(world.host("acme"));

  const again = await browser.get(await world.handoffLink(browser, acme));
  const old = await world.raw("GET", world.host("acme"), "/dashboard", { Cookie: before });
  const apex = await browser.get(`http://${world.host()}/workspaces`);

  assert.match(again.url, /\/dashboard$/);
  assert.equal(old.status, 303);
  assert.match(apex.url, /\/workspaces$/);
  assert.equal(await world.system.control.$count(sessions, eq(sessions.userId, acme.owner.id)), 2);
});

Deno.test("a removed member's session gives no access", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const member = await world.member(acme, "mei@acme.example", "member");
  const browser = world.browser();
  await browser.post(`http://${world.host("acme")}/login`, { email: member.email, password: PASSWORD });

  await world.removeMember(acme, member);

  assert.match((await browser.get(`http://${world.host("acme")}/dashboard`)).url, /\/login\?/);
});

Deno.test("the database stores no token in plain text", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const browser = world.browser();
  await browser.post(`http://${world.host("acme")}/login`, { email: acme.owner.email, password: PASSWORD });
  const handoff = await world.handoff(acme);
  const session = browser.cookies(world.host("acme")).get("denizen_session")!;

  const everything = await world.dumpControl();

  assert.match(everything, /token_hash/);
  for (const secret of [session, handoff, PASSWORD]) assert.ok(!everything.includes(secret));
});
