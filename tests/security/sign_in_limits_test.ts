import assert from "node:assert/strict";
import { LINKS_ADDRESS, SIGN_IN_ADDRESS, SIGN_UP_ADDRESS } from "../../src/identity/sign_in_limits.ts";
import { MINUTE, SECOND } from "../../src/platform/clock.ts";
import type { RateLimit } from "../../src/rate_limits/rate_limit.ts";
import { take } from "../../src/rate_limits/limiter.ts";
import type { Browser } from "../support/browser.ts";
import { startWorker } from "../support/jobs.ts";
import { type Company, PASSWORD, World } from "../support/world.ts";

/**
 * Protects: nobody can guess passwords without end, for one account or from one address, and nobody who guesses can lock an owner
 * out (S10). Everyone who is refused learns when to try again, and keeps what they typed.
 */

const WRONG = "not the password";
const NEW_PASSWORD = "a new and longer password";
const HERE = "127.0.0.1";

Deno.test("S10 wrong passwords for an account are delayed, then refused, and its owner still gets in", async (t) => {
  await using world = await World.open();
  await using worker = await startWorker(world, "kv");
  const acme = await world.company("acme");
  const ownBrowser = world.browser();
  await signIn(world, ownBrowser, acme);
  await ownBrowser.post(`http://${world.host()}/logout`);

  await t.step("ten are answered, each later than the one before, and the eleventh is refused", async () => {
    const [known, unknown] = await Promise.all([
      guess(world, acme.owner.email, 11),
      guess(world, "nobody@else.example", 11),
    ]);

    for (const answers of [known, unknown]) {
      assert.deepEqual(answers.map(({ status }) => status), [...Array(10).fill(401), 429]);
      assert.ok(answers[9]!.time >= SECOND, `the tenth answer took ${answers[9]!.time} ms`);
      assert.match(answers[10]!.detail, /^Too many attempts\. Try again in \d+ (seconds|minutes)\.$/);
      assert.ok(answers[10]!.retryAfter > 0 && answers[10]!.retryAfter <= 61);
    }
  });

  await t.step(
    "a stranger's browser is refused even with the right password, and keeps the form",
    async () => {
      const page = await signIn(world, world.browser(), acme);

      assert.equal(page.status, 429);
      assert.match(
        page.text,
        /Too many attempts\. Try again in \d+ seconds\. You can also set a new password/,
      );
      assert.match(page.text, /name="email"[^>]*value="owner@acme\.example"/);
      assert.doesNotMatch(page.text, new RegExp(PASSWORD));
      assert.ok(Number(page.headers["retry-after"]) > 0);
    },
  );

  await t.step("a browser that the owner has used gets in", async () => {
    assert.match((await signIn(world, ownBrowser, acme)).url, /\/dashboard$/);
  });

  await t.step("another account's mark doesn't help", async () => {
    const globex = await world.company("globex");
    const browser = world.browser();
    await signIn(world, browser, globex);
    await browser.post(`http://${world.host()}/logout`);

    assert.equal((await signIn(world, browser, acme)).status, 429);
  });

  await t.step(
    "an emailed link gets the owner in from a new browser, while the guessing goes on",
    async () => {
      const browser = world.browser();
      await browser.post(`http://${world.host()}/forgot-password`, { email: acme.owner.email });
      await worker.idle();
      const link = (await world.emails(acme.owner.email))[0]!.links.find((link) => /token=/.test(link))!;
      const token = new URL(link).searchParams.get("token")!;
      await browser.post(`http://${world.host()}/reset-password`, { token, password: NEW_PASSWORD });

      const stranger = await signIn(world, world.browser(), acme, NEW_PASSWORD);
      const owner = await signIn(world, browser, acme, NEW_PASSWORD);

      assert.equal(stranger.status, 429);
      assert.match(owner.url, /\/dashboard$/);
    },
  );

  await t.step("a minute later, everyone may try again", async () => {
    world.clock.advance(MINUTE + SECOND);

    assert.match((await signIn(world, world.browser(), acme, NEW_PASSWORD)).url, /\/dashboard$/);
  });
});

Deno.test("S10 more than a hundred wrong passwords from an address are refused, whatever the accounts", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await use(world, SIGN_IN_ADDRESS, 98);

  const guesses = [];
  for (const person of ["ada", "ben", "eve"]) {
    guesses.push(...await guess(world, `${person}@corp.example`, 1));
  }
  const right = await world.api("POST", "/auth/login", {
    body: { email: acme.owner.email, password: PASSWORD },
  });

  assert.deepEqual(guesses.map(({ status }) => status), [401, 401, 429]);
  assert.equal(right.status, 429);
});

Deno.test("S10 of many guesses at the same time, ten are checked at the most", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");

  const guesses = await Promise.all(Array.from({ length: 16 }, () => guess(world, acme.owner.email, 1)));

  const statuses = guesses.flat().map(({ status }) => status);
  const checked = statuses.filter((status) => status === 401);
  const refused = statuses.filter((status) => status === 429 || status === 503); // 503: too long a queue on a busy machine
  assert.equal(checked.length + refused.length, 16);
  assert.ok(checked.length <= 10, `${checked.length} were checked`);
});

Deno.test("right passwords never add up, however many people of an account sign in at the same time", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await use(world, SIGN_IN_ADDRESS, 90);
  const body = { email: acme.owner.email, password: PASSWORD };

  const answers = await Promise.all(
    Array.from({ length: 12 }, () => world.api("POST", "/auth/login", { body })),
  );

  assert.deepEqual(answers.map(({ status }) => status), Array(12).fill(200));
});

Deno.test("a form over its limit comes back with what was typed and when to try again", async () => {
  await using world = await World.open();
  await use(world, SIGN_UP_ADDRESS, SIGN_UP_ADDRESS.limit);
  await use(world, LINKS_ADDRESS, LINKS_ADDRESS.limit);
  const form = { company_name: "Acme", subdomain: "acme", name: "Ada", email: "ada@acme.example" };

  const signUp = await world.browser().post(`http://${world.host()}/signup`, { ...form, password: PASSWORD });
  const forgot = await world.browser().post(`http://${world.host()}/forgot-password`, { email: form.email });

  for (const page of [signUp, forgot]) {
    assert.equal(page.status, 429);
    assert.match(page.text, /role="alert"[^]*Too many attempts\. Try again in 61 minutes\./);
    assert.match(page.text, /value="ada@acme\.example"/);
    assert.equal(page.headers["retry-after"], "3660");
  }
  assert.equal((await world.countAll()).users, 0);
});

/** Uses up a part of a limit for the tests' address. */
async function use(world: World, limit: RateLimit, cost: number): Promise<void> {
  await take(world.system, limit, HERE, { cost });
}

function signIn(world: World, browser: Browser, { owner }: Company, password = PASSWORD) {
  return browser.post(`http://${world.host()}/login`, { email: owner.email, password });
}

/** Wrong passwords, one after the other. */
async function guess(world: World, email: string, count: number) {
  const answers = [];
  for (let attempt = 0; attempt < count; attempt++) {
    const started = performance.now();
    const { status, headers, json } = await world.api("POST", "/auth/login", {
      body: { email, password: WRONG },
    });
    const time = performance.now() - started;
    answers.push({ status, time, detail: json.detail as string, retryAfter: Number(headers["retry-after"]) });
  }
  return answers;
}

Deno.test("S11 a forged X-Forwarded-For changes no one's address; behind a trusted proxy, the header counts", async () => {
  const addressOf = async (variables: Record<string, string>) => {
    await using world = await World.open(variables);
    const { owner } = await world.company("acme");
    const headers = { "X-Forwarded-For": "198.51.100.7" };
    const { json } = await world.api("POST", "/auth/login", {
      headers,
      body: { email: owner.email, password: PASSWORD },
    });
    await world.browser().post(`http://${world.host("acme")}/login`, {
      email: owner.email,
      password: PASSWORD,
    }, headers);
    const sessions = await world.api("GET", "/me/sessions", { token: json.access_token });
    return sessions.json.data[0].ip_address;
  };

  assert.equal(await addressOf({}), "127.0.0.1");
  assert.equal(await addressOf({ TRUSTED_PROXIES: "127.0.0.1" }), "198.51.100.7");
});
