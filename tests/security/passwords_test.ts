import assert from "node:assert/strict";
import { DAY } from "../../src/platform/clock.ts";
import { PASSWORD, World } from "../support/world.ts";

/** Protects: nobody but their owner knows a password, and it is compared in full. */

Deno.test("a new installation has no account", async () => {
  await using world = await World.open();

  assert.equal((await world.countAll()).users, 0);
});

Deno.test("a password counts as it was typed: in full, not trimmed, and in its case", async () => {
  await using world = await World.open();
  const email = "ada@acme.example";
  const password = " Four random Words, ".repeat(6) + "and more";
  assert.equal([...password].length, 128);
  await world.browser().post(`http://${world.host()}/signup`, {
    company_name: "Acme",
    subdomain: "acme",
    name: "Ada",
    email,
    password,
  });
  const attempts = {
    "in full": password,
    "without its end": password.slice(0, -1),
    "trimmed": password.trim(),
    "in lower case": password.toLowerCase(),
    "with one more character": `${password}x`,
  };

  const statuses: Record<string, number> = {};
  for (const [how, typed] of Object.entries(attempts)) {
    statuses[how] = (await world.api("POST", "/auth/login", { body: { email, password: typed } })).status;
  }

  assert.deepEqual(statuses, {
    "in full": 200,
    "without its end": 401,
    "trimmed": 401,
    "in lower case": 401,
    "with one more character": 401,
  });
});

Deno.test("a password works for years, until its owner changes it", async () => {
  await using world = await World.open();
  const { owner } = await world.company("acme");
  world.clock.advance(3 * 365 * DAY);

  const page = await world.browser().post(`http://${world.host("acme")}/login`, {
    email: owner.email,
    password: PASSWORD,
  });

  assert.equal(page.url, `http://${world.host("acme")}/dashboard`);
});

Deno.test("a password made of names that a stranger tries first is refused wherever one is chosen", async () => {
  await using world = await World.open();
  const owner = await world.user("ada@lovelace.example", "Ada Lovelace");
  await world.company("acme", "Acme Robotics", owner);
  const browser = world.browser();
  await browser.post(`http://${world.host("acme")}/login`, { email: owner.email, password: PASSWORD });
  const account = {
    company_name: "Northwind",
    subdomain: "northwind",
    name: "Ben",
    email: "ben@new.example",
  };

  const answers = {
    "at sign-up": await world.browser().post(`http://${world.host()}/signup`, {
      ...account,
      password: "N0rthwind-2026!",
    }),
    "in the account": await browser.post(`http://${world.host("acme")}/account/security`, {
      current_password: PASSWORD,
      new_password: "lovelace.denizen",
    }),
    "with an emailed link": await world.browser().post(`http://${world.host()}/reset-password`, {
      token: new URL(await world.passwordLink(owner)).searchParams.get("token")!,
      password: "Lovelace12345",
    }),
  };

  for (const [where, { status, text }] of Object.entries(answers)) {
    assert.equal(status, 422, where);
    assert.match(text, /build your password from your name, your company or your email address/, where);
  }
});

Deno.test("no form asks for a hint or a secret question", async () => {
  await using world = await World.open();
  await world.company("acme");
  const browser = await world.signedInBrowser("owner@acme.example");
  const paths = ["/signup", "/login", "/forgot-password", "/account", "/account/security"];

  const texts = await Promise.all(
    paths.map(async (path) => (await browser.get(`http://${world.host()}${path}`)).text),
  );

  for (const text of texts) {
    assert.doesNotMatch(text, /name="[^"]*(?:hint|question|answer)[^"]*"|secret question|password hint/i);
  }
});
