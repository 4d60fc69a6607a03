import assert from "node:assert/strict";
import { userActor } from "../../src/access/actor.ts";
import { createOwnTenant, ownTenant } from "../../src/tenancy/own_tenants.ts";
import { PASSWORD, World } from "../support/world.ts";

/** Protects: a sign-up succeeds completely or changes nothing. */

const FORM = {
  company_name: "Acme Robotics",
  subdomain: "acme",
  name: "Ada Okafor",
  email: "Ada@Acme.example ",
  password: PASSWORD,
};

Deno.test("sign-up creates the company, signs in and lands on its dashboard with a welcome message", async () => {
  await using world = await World.open();
  const browser = world.browser();

  const page = await browser.post(`http://${world.host()}/signup`, FORM);
  const again = await browser.get(`http://${world.host("acme")}/dashboard`);

  assert.equal(page.url, `http://${world.host("acme")}/dashboard`);
  assert.match(page.text, /success-message/);
  assert.match(page.text, /tenant-name[^>]*>Acme Robotics</);
  assert.doesNotMatch(again.text, /success-message/);
  const login = await world.api("POST", "/auth/login", {
    body: { email: "ada@acme.example", password: PASSWORD },
  });
  const me = await world.api("GET", "/me", { token: login.json.access_token });
  assert.deepEqual([me.json.actor.name, me.json.role, me.json.tenant.subdomain], [
    "Ada Okafor",
    "owner",
    "acme",
  ]);
});

Deno.test("with htmx, a header redirects the browser, and a form with errors is returned as a partial", async () => {
  await using world = await World.open();
  const browser = world.browser();

  const refused = await browser.post(`http://${world.host()}/signup`, { ...FORM, password: "short" }, {
    "HX-Request": "true",
  });
  const taken = await browser.post(`http://${world.host()}/signup`, FORM, { "HX-Request": "true" });

  assert.equal(refused.status, 422);
  assert.match(refused.text, /^<form id="sign-up-form"/);
  assert.match(refused.text, /Use at least 12 characters/);
  assert.match(refused.text, /value="Acme Robotics"/);
  assert.match(taken.headers["hx-redirect"] as string, /^http:\/\/acme\.localhost:\d+\/handoff\?token=/);
});

Deno.test("each invalid field shows its error, and the input is kept", async () => {
  await using world = await World.open();
  await world.company("taken");
  const wrong = { company_name: " ", subdomain: "taken", name: "", email: "ada", password: PASSWORD };

  const page = await world.browser().post(`http://${world.host()}/signup`, wrong);
  const taken = await world.browser().post(`http://${world.host()}/signup`, { ...FORM, subdomain: "taken" });

  assert.equal(page.status, 422);
  for (const id of ["company-name", "name", "email"]) assert.match(page.text, new RegExp(`id="${id}-error"`));
  assert.match(page.text, /value="taken"/);
  assert.match(taken.text, /This address is taken/);
});

Deno.test("when twenty sign-ups request one subdomain at once, one succeeds and the others leave nothing behind", async () => {
  await using world = await World.open();

  const pages = await Promise.all(
    Array.from(
      { length: 20 },
      (_, index) =>
        world.browser().post(`http://${world.host()}/signup`, { ...FORM, email: `ada${index}@acme.example` }),
    ),
  );

  const statuses = pages.map(({ status }) => status);
  assert.equal(statuses.filter((status) => status === 200).length, 1);
  assert.equal(statuses.filter((status) => status === 422).length, 19, statuses.join());
  assert.deepEqual(await world.countAll(), { users: 1, tenants: 1, memberships: 1, schemas: 1, strays: 0 });
});

Deno.test("if the schema can't be created, the sign-up leaves nothing behind", async () => {
  await using world = await World.open({}, { readySchemas: false });
  await world.breakProvisioning();

  const page = await world.browser().post(`http://${world.host()}/signup`, FORM);

  assert.equal(page.status, 503);
  assert.deepEqual(await world.countAll(), { users: 0, tenants: 0, memberships: 0, schemas: 0, strays: 0 });
});

Deno.test("a user with an account creates a second workspace with the same password and is signed in", async () => {
  await using world = await World.open();
  await world.company("acme");
  const browser = world.browser();

  const page = await browser.post(`http://${world.host()}/signup`, {
    ...FORM,
    subdomain: "second",
    email: "owner@acme.example",
  });

  assert.equal(page.url, `http://${world.host("second")}/dashboard`);
});

Deno.test("a user with an unconfirmed address creates a second workspace with the same password", async () => {
  await using world = await World.open();
  await world.browser().post(`http://${world.host()}/signup`, FORM);

  const page = await world.browser().post(`http://${world.host()}/signup`, { ...FORM, subdomain: "second" });

  assert.equal(page.url, `http://${world.host("second")}/dashboard`);
  assert.deepEqual(await world.countAll(), { users: 1, tenants: 2, memberships: 2, schemas: 2, strays: 0 });
});

Deno.test("the limit of workspaces per user applies to sign-up and new workspaces, and both pages say so", async () => {
  await using world = await World.open();
  const owner = await world.user("ada@acme.example");
  const actor = userActor(owner);
  for (let count = 0; count < 20; count++) {
    await createOwnTenant(
      { ...world.system, actor },
      actor,
      ownTenant.parse({ name: "One of many", subdomain: `many-${count}` }),
    );
  }

  const signedIn = await world.signedInBrowser(owner.email);
  const another = { company_name: "One more", subdomain: "one-more" };
  const pages = [
    await world.browser().post(`http://${world.host()}/signup`, FORM),
    await signedIn.post(`http://${world.host()}/workspaces/new`, another),
  ];

  for (const page of pages) {
    assert.equal(page.status, 422);
    assert.match(page.text, /id="company-name-error"[^]*20 workspaces/);
  }
});

Deno.test("a hash with old parameters is replaced at the next sign-in", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await world.setPasswordHash(acme.owner, await world.outdatedHash(PASSWORD));

  const first = await world.api("POST", "/auth/login", {
    body: { email: acme.owner.email, password: PASSWORD },
  });
  const second = await world.api("POST", "/auth/login", {
    body: { email: acme.owner.email, password: PASSWORD },
  });

  assert.deepEqual([first.status, second.status], [200, 200]);
  assert.match(await world.passwordHashOf(acme.owner), /^\$argon2id\$v=19\$m=47104,t=1,p=1\$/);
});

Deno.test("S14 a link to set a password works once, for two days, and ends all sessions", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const browser = world.browser();
  await browser.post(`http://${world.host("acme")}/login`, { email: acme.owner.email, password: PASSWORD });
  const stolen = await world.token(acme);
  const [link, stale] = [await world.passwordLink(acme.owner), await world.passwordLink(acme.owner)];
  const token = new URL(link).searchParams.get("token")!;
  const set = (password: string, value = token) =>
    world.browser().post(`http://${world.host()}/reset-password`, { token: value, password });

  const weak = await set("password1234");
  const own = await set(acme.owner.email);
  const done = await set("a new and longer password");
  const again = await set("yet another password here");
  world.clock.advance(49 * 3_600_000);
  const late = await set("yet another password here", new URL(stale).searchParams.get("token")!);
  const program = await world.api("GET", "/me", { token: stolen });

  assert.deepEqual([weak.status, own.status], [422, 422]);
  assert.match(done.text, /Password saved/);
  for (const page of [again, late]) assert.match(page.text, /used or has expired/);
  assert.equal(program.status, 401);
  assert.match((await browser.get(`http://${world.host("acme")}/dashboard`)).url, /\/login\?/);
  const login = await world.api("POST", "/auth/login", {
    body: { email: acme.owner.email, password: "a new and longer password" },
  });
  assert.equal(login.status, 200);
});
