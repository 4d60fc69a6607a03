import assert from "node:assert/strict";
import { API_KEY_LIST, type ApiKey, createApiKey, listApiKeys } from "../../src/api_access/api_keys.ts";
import { newApiKey } from "../../src/api_access/key_input.ts";
import { DAY, HOUR, MINUTE } from "../../src/platform/clock.ts";
import { type Browser } from "../support/browser.ts";
import { type Company, PASSWORD, World } from "../support/world.ts";

/** Protects: the pages of API keys show a key once, and lose nothing that people typed. */

const FORM = { name: "CI", expiry: "90", allowed_ips: "", requests_per_minute: "" };
const SECRET = /dnz_live_[0-9A-Za-z]{38}/;

Deno.test("a person creates a key, copies it once, rotates it and revokes it", async (t) => {
  await using world = await World.open();
  const acme = await world.company("acme", "Acme");
  const { browser, host } = await signedIn(world, acme);
  const keys = `${host}/developers/api-keys`;
  const keysOf = async () => (await listApiKeys(acme.ctx, API_KEY_LIST.query.parse({}))).items;
  const works = async (secret: string) =>
    (await world.api("GET", "/projects", { headers: { "X-API-Key": secret } })).status === 200;
  let secret = "";
  let key: ApiKey;

  await t.step("an empty list says what keys are good for", async () => {
    const { text } = await browser.get(keys);

    assert.match(text, /Let programs work for you/);
    assert.match(text, /href="\/developers\/api-keys\/new"/);
  });

  await t.step("a refused form keeps everything, with all errors at once", async () => {
    const answer = await browser.post(keys, {
      ...FORM,
      name: "",
      allowed_ips: "203.0.113.0/24\noffice",
      requests_per_minute: "many",
    });

    assert.equal(answer.status, 422);
    for (const message of ["Enter a name.", "Choose at least one permission.", "from 1 to 100,000"]) {
      assert.ok(answer.text.includes(message), message);
    }
    assert.match(answer.text, />203.0.113.0\/24\noffice<\/textarea>/);
    const second = await browser.post(keys, {
      ...FORM,
      permissions: "projects:write",
      allowed_ips: "office",
    });
    assert.match(second.text, /“office” is not an IP address/);
    assert.match(second.text, /value="projects:write" checked/);
  });

  await t.step("the new key is on the next page, which is neither stored nor compressed", async () => {
    const form = await browser.get(`${keys}/new`);
    const fields = { ...FORM, permissions: "projects:write", form_key: formKeyIn(form.text) };
    const answer = await browser.post(keys, fields);
    secret = SECRET.exec(answer.text)![0];
    const repeated = await browser.post(keys, fields);
    [key] = await keysOf() as [ApiKey];

    assert.match(answer.text, /Save your API key/);
    assert.equal(answer.headers["cache-control"], "no-store, no-transform");
    assert.ok(await works(secret));
    assert.match(repeated.text, /This key already exists/);
    assert.doesNotMatch(repeated.text, SECRET);
    assert.equal((await keysOf()).length, 1);
    assert.deepEqual(key.permissions, ["projects:read", "projects:write"]);
    assert.equal(key.expiresAt!.getTime(), world.clock.now().getTime() + 90 * DAY);
  });

  await t.step("the list and the key's page show its start, and what it can do", async () => {
    const [list, one] = [await browser.get(keys), await browser.get(`${keys}/${key.id}`)];

    for (const { text } of [list, one]) {
      assert.ok(text.includes(`${key.prefix}…`));
      assert.match(text, /Create and change projects/);
      assert.doesNotMatch(text, SECRET);
    }
  });

  await t.step("after a rotation, both work until the overlap is over", async () => {
    const answer = await browser.post(`${keys}/${key.id}/rotate`, { overlap_hours: "1" });
    const next = SECRET.exec(answer.text)![0];
    const both = [await works(secret), await works(next)];
    world.clock.advance(HOUR);
    const later = [await works(secret), await works(next)];
    secret = next;

    assert.match(answer.text, /The earlier key works for 1 more hour\./);
    assert.deepEqual([both, later], [[true, true], [false, true]]);
  });

  await t.step("a rotation without a number of hours asks again, and no key ends", async () => {
    for (const hours of ["", " ", "soon"]) {
      const answer = await browser.post(`${keys}/${key.id}/rotate`, { overlap_hours: hours });

      assert.equal(answer.status, 422);
      assert.match(answer.text, /Use a whole number of hours from 0 to 168\./);
    }
    assert.ok(await works(secret));
  });

  await t.step("a revocation asks first, and then the key is gone", async () => {
    const asked = await browser.get(`${keys}/${key.id}/revoke`);
    const revoked = await browser.post(`${keys}/${key.id}/revoke`, {});

    assert.match(asked.text, /stop working right away/);
    assert.match(revoked.text, /API key CI revoked\./);
    assert.equal(await works(secret), false);
    assert.equal((await browser.get(`${keys}/${key.id}`)).status, 404);
  });
});

Deno.test("confirming your identity keeps the permissions that you chose for a new key", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const { browser, host } = await signedIn(world, acme);
  world.clock.advance(11 * MINUTE);

  const asked = await browser.post(
    `${host}/developers/api-keys`,
    new URLSearchParams([
      ["name", "CI"],
      ["expiry", "never"],
      ["permissions", "analytics:read"],
      ["permissions", "projects:read"],
    ]),
  );
  const proven = await browser.post(`${host}/developers/api-keys`, {
    ...hiddenFieldsIn(asked.text),
    step_up: "password",
    step_up_password: PASSWORD,
  });
  const { items } = await listApiKeys(acme.ctx, API_KEY_LIST.query.parse({}));

  assert.equal(asked.status, 403);
  assert.match(proven.text, SECRET);
  assert.deepEqual(items.map(({ permissions }) => permissions), [["analytics:read", "projects:read"]]);
});

Deno.test("members who may not manage keys see no link and no page, and nobody rotates another's key", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await world.member(acme, "mei@acme.example", "member");
  await world.member(acme, "adi@acme.example", "admin");
  const input = newApiKey.parse({ name: "CI", permissions: ["projects:read"] });
  const key = (await createApiKey(acme.ctx, input))!;
  const member = await signedIn(world, acme, "mei@acme.example");
  const admin = await signedIn(world, acme, "adi@acme.example");
  const path = `/developers/api-keys/${key.id}`;

  const dashboard = await member.browser.get(`${member.host}/dashboard`);
  const refused = await member.browser.get(`${member.host}/developers/api-keys`);
  const seen = await admin.browser.get(admin.host + path);
  const rotated = await admin.browser.post(`${admin.host}${path}/rotate`, { overlap_hours: "0" });

  assert.doesNotMatch(dashboard.text, /developers\/api-keys/);
  assert.equal(refused.status, 403);
  assert.match(seen.text, /Revoke/);
  assert.doesNotMatch(seen.text, /\/rotate"/);
  assert.equal(rotated.status, 403);
});

async function signedIn(
  world: World,
  { tenant, owner }: Company,
  email = owner.email,
): Promise<{ browser: Browser; host: string }> {
  const browser = world.browser();
  const host = `http://${world.host(tenant.subdomain)}`;
  await browser.post(`${host}/login`, { email, password: PASSWORD });
  return { browser, host };
}

function formKeyIn(html: string): string {
  return /name="form_key" value="([^"]+)"/.exec(html)![1]!;
}

/** The fields that the page asking for a proof keeps. */
function hiddenFieldsIn(html: string): Record<string, string> {
  return Object.fromEntries(
    [...html.matchAll(/<input [^>]*type="hidden" name="([^"]+)" value="([^"]*)"/g)].map((
      [, name, value],
    ) => [name, value]),
  );
}
