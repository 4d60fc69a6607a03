import assert from "node:assert/strict";
import { identities, oauthRequests } from "../../db/control/schema/identities.ts";
import { addIdentity } from "../../src/identity/identities.ts";
import { findUserByEmail, setPasswordHash } from "../../src/identity/users.ts";
import { MINUTE } from "../../src/platform/clock.ts";
import { Authenticator } from "../support/authenticator.ts";
import type { Page } from "../support/browser.ts";
import { startWorker } from "../support/jobs.ts";
import { PRODUCTION } from "../support/production.ts";
import { askProvider, consent, continueWith, GitHub, OidcProvider } from "../support/providers.ts";
import { PASSWORD, World } from "../support/world.ts";

/**
 * Protects: a provider's answer counts once, in the browser that asked for it, and only for the account that it is about
 * (S18, S25, S48, S57, S59, S61).
 */

const GOOGLE = "/auth/google";

Deno.test("S18 an answer without the state of this browser's request signs nobody in", async (t) => {
  await using google = await OidcProvider.open();
  await using github = new GitHub();
  await using world = await World.open({ ...google.variables("GOOGLE"), ...github.variables });
  const apex = `http://${world.host()}`;
  google.claims = { sub: "1", email: "new@corp.example", email_verified: true };
  const change = (address: string, changes: (url: URL) => void) => {
    const url = new URL(address);
    changes(url);
    return url.href;
  };

  const answers: [string, (callback: string) => string][] = [
    ["a missing state", (url) => change(url, ({ searchParams }) => searchParams.delete("state"))],
    [
      "a made-up state",
      (url) => change(url, ({ searchParams }) => searchParams.set("state", "x".repeat(43))),
    ],
    ["another provider's path", (url) => change(url, (each) => (each.pathname = "/auth/github/callback"))],
  ];
  for (const [name, changed] of answers) {
    await t.step(name, async () => {
      const browser = world.browser();
      const callback = await consent(await askProvider(browser, apex + GOOGLE));

      assertRefused(await browser.get(changed(callback)), 400);
      assert.match(
        (await browser.get(callback)).url,
        /\/signup\/oauth$/,
        "the person's own answer still works",
      );
    });
  }

  await t.step("an answer that was used before", async () => {
    const browser = world.browser();
    const callback = await consent(await askProvider(browser, apex + GOOGLE));
    const cookies = browser.cookieHeader(world.host());
    await browser.get(callback);

    const { pathname, search } = new URL(callback);
    assertRefused(await world.raw("GET", world.host(), pathname + search, { Cookie: cookies }), 400);
  });

  await t.step("an answer after ten minutes", async () => {
    const browser = world.browser();
    const callback = await consent(await askProvider(browser, apex + GOOGLE));
    world.clock.advance(11 * MINUTE);

    assertRefused(await browser.get(callback), 400);
  });

  await t.step("HEAD uses nothing up", async () => {
    const browser = world.browser();
    const callback = await consent(await askProvider(browser, apex + GOOGLE));
    const { pathname, search } = new URL(callback);
    const headers = { Cookie: browser.cookieHeader(world.host()) };

    await world.raw("HEAD", world.host(), pathname + search, headers);
    const started = await world.system.control.$count(oauthRequests);
    await world.raw("HEAD", world.host(), GOOGLE);

    assert.equal(await world.system.control.$count(oauthRequests), started);
    assert.match((await browser.get(callback)).url, /\/signup\/oauth$/);
  });
});

Deno.test("S18 a code that was stolen or used, or an ID token that isn't for this sign-in, is refused", async (t) => {
  await using google = await OidcProvider.open();
  await using github = new GitHub();
  await using world = await World.open({ ...google.variables("GOOGLE"), ...github.variables });
  const apex = `http://${world.host()}`;
  google.claims = { sub: "1", email: "new@corp.example", email_verified: true };

  await t.step("every request has a challenge, a state and a nonce of its own", async () => {
    const asked = new URL(await askProvider(world.browser(), apex + GOOGLE)).searchParams;
    const again = new URL(await askProvider(world.browser(), apex + GOOGLE)).searchParams;

    assert.equal(asked.get("code_challenge_method"), "S256");
    for (const name of ["code_challenge", "state", "nonce"]) {
      assert.match(asked.get(name)!, /^[\w-]{43}$/);
      assert.notEqual(asked.get(name), again.get(name));
    }
  });

  for (const provider of ["google", "github"]) {
    await t.step(`a code from another browser, at ${provider}`, async () => {
      const victim = new URL(await consent(await askProvider(world.browser(), `${apex}/auth/${provider}`)));
      const thief = world.browser();
      const own = new URL(await consent(await askProvider(thief, `${apex}/auth/${provider}`)));
      own.searchParams.set("code", victim.searchParams.get("code")!);

      assertRefused(await thief.get(own.href), 400);
    });
  }

  await t.step("a code that GitHub has redeemed, although it answers with 200", async () => {
    const first = world.browser();
    const used = new URL(await consent(await askProvider(first, `${apex}/auth/github`)));
    await first.get(used.href);
    const second = world.browser();
    const own = new URL(await consent(await askProvider(second, `${apex}/auth/github`)));
    own.searchParams.set("code", used.searchParams.get("code")!);

    assertRefused(await second.get(own.href), 400);
  });

  const forged: [string, Record<string, unknown>][] = [
    ["another nonce", { nonce: "x".repeat(43) }],
    ["another audience", { aud: "somebody-else" }],
    ["another issuer", { iss: "https://accounts.evil.example" }],
    ["an end in the past", { exp: 1_000_000_000 }],
  ];
  for (const [name, claims] of forged) {
    await t.step(`an ID token with ${name}`, async () => {
      google.claims = { sub: "1", email: "new@corp.example", email_verified: true, ...claims };

      assertRefused(await continueWith(world.browser(), apex + GOOGLE), 400);
    });
  }

  await t.step("an ID token that somebody else signed", async () => {
    google.claims = { sub: "1", email: "new@corp.example", email_verified: true };
    google.forgesSignatures = true;

    assertRefused(await continueWith(world.browser(), apex + GOOGLE), 400);
  });

  assert.equal(await world.system.control.$count(identities), 0);
});

Deno.test("S18 an unverified address that equals an existing account's opens nothing and connects nothing", async () => {
  await using google = await OidcProvider.open();
  await using github = new GitHub();
  await using world = await World.open({ ...google.variables("GOOGLE"), ...github.variables });
  const { email } = await world.user("ada@corp.example");
  const squatted = await world.unconfirmedUser("cyd@corp.example");
  const apex = `http://${world.host()}`;
  const attempts: Page[] = [];

  for (const email_verified of [false, undefined, "yes", 1]) {
    google.claims = { sub: "evil", email, email_verified };
    attempts.push(await continueWith(world.browser(), apex + GOOGLE));
  }
  google.claims = { sub: "evil", email: squatted.email, email_verified: false };
  attempts.push(await continueWith(world.browser(), apex + GOOGLE));
  for (const own of [{ primary: true, verified: false }, { primary: false, verified: true }]) {
    github.emails = [{ email, ...own }];
    attempts.push(await continueWith(world.browser(), `${apex}/auth/github`));
  }

  for (const attempt of attempts) assertRefused(attempt, 403);
  assert.equal(await world.system.control.$count(identities), 0);
  assert.equal((await findUserByEmail(world.system.control, squatted.email))!.emailVerifiedAt, null);
});

Deno.test("S48 an owner who signs in with Google ends the access of a stranger who signed up with their address", async () => {
  await using google = await OidcProvider.open();
  await using world = await World.open(google.variables("GOOGLE"));
  const apex = `http://${world.host()}`;
  const stranger = world.browser();
  const address = "victim@corp.example";
  const form = { company_name: "Mine", subdomain: "mine", name: "Eve", email: address, password: PASSWORD };
  await stranger.post(`${apex}/signup`, form);
  const { json } = await world.api("POST", "/auth/login", { body: { email: address, password: PASSWORD } });

  google.claims = { sub: "victim", email: address, email_verified: true };
  await continueWith(world.browser(), apex + GOOGLE);

  assert.match((await stranger.get(`${apex}/workspaces`)).url, /\/login\?/);
  assert.equal((await world.api("GET", "/me", { token: json.access_token })).status, 401);
  const again = await world.api("POST", "/auth/login", { body: { email: address, password: PASSWORD } });
  assert.equal(again.status, 401);
  const { refresh_token } = json;
  assert.equal((await world.api("POST", "/auth/refresh", { body: { refresh_token } })).status, 401);
});

Deno.test("S57 after a provider, the second factor is asked, also on the way to a workspace and to an invitation", async () => {
  await using google = await OidcProvider.open();
  await using world = await World.open(google.variables("GOOGLE"));
  const apex = `http://${world.host()}`;
  const { owner } = await world.company("acme");
  const browser = await world.signedInBrowser(owner.email);
  google.claims = { sub: "owner", email: owner.email, email_verified: true };
  await browser.post((await continueWith(browser, `${apex}${GOOGLE}?purpose=connect`)).url);
  const token = await world.accountToken(owner.email);
  const { json } = await world.api("POST", "/me/factors", { token, body: { type: "totp", name: "Phone" } });
  const app = new Authenticator(world, json.secret);
  await world.api("POST", `/me/factors/${json.id}/confirm`, { token, body: { code: app.code() } });

  const other = world.browser();
  const asked = await continueWith(other, `${apex}${GOOGLE}?workspace=acme&next=/projects`);
  const early = await other.get(`${apex}/workspaces`);
  const inside = await other.get(`http://${world.host("acme")}/projects`);
  const wrong = await other.post(asked.url, { code: "000000" });
  const landed = await other.post(asked.url, { code: app.nextCode() });

  assert.equal(asked.url, `${apex}/login/mfa`);
  assert.match(early.url, /\/login\?/);
  assert.match(inside.url, /\/login\?/);
  assert.equal(wrong.status, 422);
  assert.equal(landed.url, `http://${world.host("acme")}/projects`);
});

Deno.test("S25 a provider and a code by email don't make up for the second factor that staff needs", async () => {
  await using google = await OidcProvider.open();
  await using world = await World.open(google.variables("GOOGLE"));
  const apex = `http://${world.host()}`;
  const staff = await world.newStaff("root@corp.example");
  await world.system.tx((tx) => setPasswordHash(world.system, tx, staff.id, null));
  const account = { provider: "google", issuer: google.issuer, subject: "root", email: staff.email } as const;
  await world.system.tx((tx) => addIdentity(world.system, tx, staff, account));
  google.claims = { sub: "root" };
  const browser = world.browser();
  await continueWith(browser, apex + GOOGLE);

  await browser.post(`${apex}/reauthenticate`, { next: "/workspaces", step_up: "email" });
  {
    await using worker = await startWorker(world, "kv");
    await worker.idle();
  }
  const code = /\b\d{6}\b/.exec((await world.emails(staff.email))[0]!.text)![0];
  const proof = { next: "/workspaces", step_up: "confirm", step_up_code: code };
  const proved = await browser.post(`${apex}/reauthenticate`, proof);
  const admin = await browser.get(`${apex}/admin/tenants`);

  assert.equal(proved.url, `${apex}/workspaces`);
  assert.match(admin.url, /\/account\/security\?notice=staff$/);
});

Deno.test("S59 Microsoft's email counts only if the directory has verified its domain", async () => {
  await using microsoft = await OidcProvider.open();
  await using world = await World.open(microsoft.variables("MICROSOFT"));
  const { email } = await world.user("victim@corp.example");
  const start = `http://${world.host()}/auth/microsoft`;
  const account = { tid: "evil-directory", oid: "1", email };
  const attempts: Page[] = [];

  for (const claims of [{}, { xms_edov: false }, { xms_edov: "0" }, { email_verified: true }]) {
    microsoft.claims = { ...account, ...claims };
    attempts.push(await continueWith(world.browser(), start));
  }
  microsoft.claims = { ...account, xms_edov: true };
  const verified = await continueWith(world.browser(), start);

  for (const attempt of attempts) assertRefused(attempt, 403);
  assert.match(verified.url, /\/auth\/connect$/, "the owner signs in first");
  assert.equal(await world.system.control.$count(identities), 0);
});

Deno.test("S59 the same oid in another directory is another person, and one without either is nobody", async () => {
  await using microsoft = await OidcProvider.open();
  await using world = await World.open(microsoft.variables("MICROSOFT"));
  const apex = `http://${world.host()}`;
  const { owner } = await world.company("acme");
  const browser = await world.signedInBrowser(owner.email);
  microsoft.claims = { tid: "corp", oid: "1" };
  await browser.post((await continueWith(browser, `${apex}/auth/microsoft?purpose=connect`)).url);

  const same = await continueWith(world.browser(), `${apex}/auth/microsoft`);
  microsoft.claims = { tid: "evil", oid: "1" };
  const foreign = await continueWith(world.browser(), `${apex}/auth/microsoft`);
  microsoft.claims = { tid: "corp" };
  const incomplete = await continueWith(world.browser(), `${apex}/auth/microsoft`);

  assert.equal(same.url, `http://${world.host("acme")}/dashboard`);
  assertRefused(foreign, 403);
  assertRefused(incomplete, 400);
});

Deno.test("S61 an answer with a valid state in another browser is refused, even if someone is signed in there", async () => {
  await using google = await OidcProvider.open();
  await using world = await World.open(google.variables("GOOGLE"));
  const apex = `http://${world.host()}`;
  const victim = await world.signedInBrowser((await world.user("victim@corp.example")).email);
  google.claims = { sub: "evil", email: "evil@evil.example", email_verified: true };
  const attacker = await world.signedInBrowser((await world.user("evil@else.example")).email);

  for (const path of [GOOGLE, `${GOOGLE}?purpose=connect`]) {
    const callback = await consent(await askProvider(attacker, apex + path));

    assertRefused(await victim.get(callback), 400);
    assertRefused(await world.browser().get(callback), 400);
    assert.match(
      (await attacker.get(callback)).url,
      /\/(signup\/oauth|auth\/connect)$/,
      "they used nothing up",
    );
  }
  assert.match((await victim.get(`${apex}/account`)).text, /victim@corp\.example/, "still signed in");
  assert.equal(await world.system.control.$count(identities), 0);
});

Deno.test("S61 a state cookie that a sibling subdomain tossed doesn't count", async () => {
  await using google = await OidcProvider.open();
  await using world = await World.open({ ...PRODUCTION, ...google.variables("GOOGLE") });
  google.claims = { sub: "evil", email: "evil@evil.example", email_verified: true };
  const host = "app.example";
  const attacker = world.browser();
  const callback = new URL(await consent(await askProvider(attacker, `https://${host}${GOOGLE}`)));
  const [[name, secret]] = [...attacker.cookies(host)] as [[string, string]];
  const path = callback.pathname + callback.search;
  const started = await world.raw("GET", host, GOOGLE);

  // Browsers refuse a `__Host-` cookie with a domain, so a sibling can only toss one without the prefix.
  const tossed = await world.raw("GET", host, path, { Cookie: `${name.replace("__Host-", "")}=${secret}` });
  const own = await world.raw("GET", host, path, { Cookie: `${name}=${secret}` });

  assert.match(
    started.headers["set-cookie"]!.join(),
    /^__Host-denizen_oauth_[0-9a-f]{16}=[^;]+; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
  );
  assert.equal(tossed.status, 400);
  assert.equal(own.status, 303);
  assert.equal(own.headers.location, "/signup/oauth");
});

Deno.test("one network starts 100 sign-ins a minute, and has to wait then", async () => {
  await using google = await OidcProvider.open();
  await using world = await World.open(google.variables("GOOGLE"));
  const start = () => world.raw("GET", world.host(), GOOGLE);

  const statuses = (await Promise.all(Array.from({ length: 101 }, start))).map(({ status }) => status);
  world.clock.advance(2 * MINUTE);
  const later = await start();

  assert.deepEqual(Map.groupBy(statuses, (status) => status).get(302)?.length, 100);
  assert.equal(statuses.filter((status) => status === 429).length, 1);
  assert.equal(later.status, 302);
});

Deno.test("a database that leaks finishes nobody's sign-in", async () => {
  await using google = await OidcProvider.open();
  await using world = await World.open(google.variables("GOOGLE"));
  google.claims = { sub: "1", email: "new@corp.example", email_verified: true };
  const browser = world.browser();
  const asked = new URL(await askProvider(browser, `http://${world.host()}${GOOGLE}`)).searchParams;
  const started = await world.dumpControl();
  await browser.get(await consent(await askProvider(browser, `http://${world.host()}${GOOGLE}`)));
  const waiting = await world.dumpControl();

  const secrets = [asked.get("state")!, asked.get("nonce")!, ...browser.cookies(world.host()).values()];
  for (const secret of secrets) assert.ok(!started.includes(secret) && !waiting.includes(secret));
});

/** The page says that nothing happened, and no cookie signs the browser in. */
function assertRefused(
  { status, headers, text }: Pick<Page, "status" | "headers" | "text">,
  expected: number,
) {
  assert.equal(status, expected, text.replaceAll(/<[^>]+>/g, " ").slice(0, 500));
  assert.doesNotMatch((headers["set-cookie"] ?? []).join(), /denizen_(session|identity)=/);
}
