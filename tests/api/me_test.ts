import assert from "node:assert/strict";
import { HOUR, MINUTE } from "../../src/platform/clock.ts";
import { type Company, PASSWORD, World } from "../support/world.ts";

/** Protects: `/api/v1/me` and `/api/v1/me/sessions` keep their contract, status by status. */

const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const UNKNOWN_ID = "0198c0de-0000-7000-8000-000000000000";

Deno.test("the caller's own account", async (t) => {
  await using world = await World.open();
  const acme = await world.company("acme", "Acme", await world.user("ada@acme.example", "Ada"));
  const eve = await world.member(acme, "eve@acme.example", "viewer");
  const token = await world.accountToken(acme.owner.email);
  const patch = (body: unknown, as = token) => world.api("PATCH", "/me", { token: as, body });

  await t.step("200 shows the caller's name and preferences", async () => {
    const { status, json } = await world.api("GET", "/me", { token });

    assert.equal(status, 200);
    assert.deepEqual(json.actor, {
      type: "user",
      id: acme.owner.id,
      name: "Ada",
      email: "ada@acme.example",
      theme: "system",
      locale: null,
      avatar_color: null,
    });
  });

  await t.step("200 changes only the given fields, at once, for every token of the caller", async () => {
    const tenantToken = await world.token(acme);

    const changed = await patch({ name: " Ada Okafor ", theme: "dark", avatar_color: "violet" });
    const again = await patch({ locale: "en" });
    const elsewhere = await world.api("GET", "/me", { token: tenantToken });

    const expected = { name: "Ada Okafor", theme: "dark", locale: null, avatar_color: "violet" };
    assert.equal(changed.status, 200);
    assert.deepEqual(pick(changed.json.actor), expected);
    assert.deepEqual(pick(again.json.actor), { ...expected, locale: "en" });
    assert.deepEqual(pick(elsewhere.json.actor), { ...expected, locale: "en" });
    assert.deepEqual([elsewhere.json.scope, elsewhere.json.role], ["tenant", "owner"]);
  });

  await t.step("S23 200 ignores what the caller may not change", async () => {
    const { status } = await patch({
      id: eve.id,
      email: "root@acme.example",
      is_platform_admin: true,
      password_hash: "x",
      email_verified_at: null,
    });
    const { json } = await world.api("GET", "/me", { token });

    assert.equal(status, 200);
    assert.deepEqual([json.actor.id, json.actor.email], [acme.owner.id, "ada@acme.example"]);
  });

  await t.step("200 lists the browsers where the caller is signed in, page by page", async () => {
    await signInWith(world, acme, FIREFOX);
    world.clock.advance(MINUTE);
    await signInWith(world, acme, "Unknown/1.0");

    const sessions = (query: string) => world.api("GET", `/me/sessions?${query}`, { token });
    const first = await sessions("limit=1");
    const second = await sessions(`limit=1&cursor=${first.json.next_cursor}`);

    assert.equal(first.status, 200);
    const { id, ...shown } = second.json.data[0];
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    assert.deepEqual(shown, {
      browser: "Firefox",
      system: "Linux",
      ip_address: "127.0.0.1",
      created_at: "2026-03-02T09:00:00.000Z",
      last_seen_at: "2026-03-02T09:00:00.000Z",
    });
    assert.equal(first.json.data[0].browser, null);
    assert.equal(second.json.next_cursor, null);
  });

  await t.step("an expired session is not listed", async () => {
    const list = async () => (await world.api("GET", "/me/sessions", { token })).json.data.length;
    const before = await list();
    world.clock.advance(14 * MINUTE);
    assert.equal(before, 2);
    world.clock.advance(24 * HOUR);

    const later = await world.accountToken(acme.owner.email);
    const { json } = await world.api("GET", "/me/sessions", { token: later });

    assert.deepEqual(json, { data: [], next_cursor: null });
  });

  const fresh = await world.accountToken(acme.owner.email);

  await t.step("204 signs the caller out of one browser", async () => {
    const browser = await signInWith(world, acme, FIREFOX);
    const { json } = await world.api("GET", "/me/sessions", { token: fresh });

    const ended = await world.api("DELETE", `/me/sessions/${json.data[0].id}`, { token: fresh });
    const again = await world.api("DELETE", `/me/sessions/${json.data[0].id}`, { token: fresh });

    assert.deepEqual([ended.status, again.status], [204, 404]);
    assert.match((await browser.get(`http://${world.host("acme")}/dashboard`)).url, /\/login\?/);
  });

  await t.step("401 without a token", async () => {
    const answers = await Promise.all([
      world.api("PATCH", "/me", { body: {} }),
      world.api("GET", "/me/sessions"),
      world.api("DELETE", `/me/sessions/${UNKNOWN_ID}`),
    ]);

    assert.deepEqual(answers.map(({ status }) => status), [401, 401, 401]);
  });

  await t.step("S51 403 with a tenant's token: the account belongs to all tenants", async () => {
    const tenantToken = await world.token(acme);
    const answers = await Promise.all([
      patch({ name: "Mine" }, tenantToken),
      world.api("GET", "/me/sessions", { token: tenantToken }),
      world.api("DELETE", `/me/sessions/${UNKNOWN_ID}`, { token: tenantToken }),
    ]);

    assert.deepEqual(answers.map(({ status }) => status), [403, 403, 403]);
  });

  await t.step("S03 404 for another person's session, which stays open", async () => {
    const browser = await signInWith(world, acme, FIREFOX);
    const { json } = await world.api("GET", "/me/sessions", { token: fresh });
    const evesToken = await world.accountToken(eve.email);

    const foreign = await world.api("DELETE", `/me/sessions/${json.data[0].id}`, { token: evesToken });
    const unknown = await world.api("DELETE", `/me/sessions/${UNKNOWN_ID}`, { token: evesToken });
    const malformed = await world.api("DELETE", "/me/sessions/1", { token: evesToken });

    assert.deepEqual([foreign.status, unknown.status, malformed.status], [404, 404, 404]);
    assert.equal(foreign.json.detail, unknown.json.detail);
    assert.match((await browser.get(`http://${world.host("acme")}/dashboard`)).url, /\/dashboard$/);
  });

  await t.step("422 names each field", async () => {
    const wrong = await patch({ name: "", theme: "sepia", locale: "xx", avatar_color: "plaid" }, fresh);

    assert.equal(wrong.status, 422);
    const fields = wrong.json.errors.map(({ field }: { field: string }) => field);
    assert.deepEqual(fields.sort(), ["avatar_color", "locale", "name", "theme"]);
  });
});

function pick({ name, theme, locale, avatar_color }: Record<string, unknown>) {
  return { name, theme, locale, avatar_color };
}

async function signInWith(world: World, { tenant, owner }: Company, userAgent: string) {
  const browser = world.browser();
  const login = `http://${world.host(tenant.subdomain)}/login`;
  await browser.post(login, { email: owner.email, password: PASSWORD }, { "User-Agent": userAgent });
  return browser;
}
