import { eq } from "drizzle-orm";
import assert from "node:assert/strict";
import { auditLog } from "../../db/tenant/schema/audit.ts";
import type { Browser } from "../support/browser.ts";
import type { RawAnswer } from "../support/http.ts";
import { PASSWORD, World } from "../support/world.ts";

/** Protects: a form sent twice, by a double click or a reload, works once. */

const URLENCODED = { "Content-Type": "application/x-www-form-urlencoded" };

const ACCOUNT = {
  company_name: "Acme",
  subdomain: "acme",
  name: "Ada",
  email: "ada@acme.example",
  password: PASSWORD,
};

Deno.test("a sign-up form sent twice at once creates one workspace and signs in both times", async () => {
  await using world = await World.open();
  const form = { ...ACCOUNT, form_key: await formKey(world.browser(), `http://${world.host()}/signup`) };

  const answers = await Promise.all([send(world, "/signup", form), send(world, "/signup", form)]);
  const later = await send(world, "/signup", form);

  for (const answer of [...answers, later]) {
    assert.equal(answer.status, 303, answer.text);
    assert.match(answer.headers.location!, /^http:\/\/acme\.localhost:\d+\/handoff\?token=/);
    assert.match(answer.headers["set-cookie"]![0]!, /^denizen_session=[\w-]{43};/);
    assert.equal(await isSignedIn(world, answer), true);
  }
  const { users, tenants, memberships } = await world.countAll();
  assert.deepEqual({ users, tenants, memberships }, { users: 1, tenants: 1, memberships: 1 });
});

Deno.test("a sign-up form is a repeat only with the same content and password", async (t) => {
  await using world = await World.open();
  const form = { ...ACCOUNT, form_key: await formKey(world.browser(), `http://${world.host()}/signup`) };
  assert.equal((await send(world, "/signup", form)).status, 303);
  world.clock.advance(1_000);
  const others: [string, Record<string, string>][] = [
    ["another password", { ...form, password: "another correct horse" }],
    ["another company", { ...form, company_name: "Acme Labs" }],
    ["another person", { ...form, email: "mallory@acme.example" }],
    ["no key", ACCOUNT],
    ["an invalid key", { ...form, form_key: "0198c0de" }],
    ["the key of a form rendered later", {
      ...form,
      form_key: await formKey(world.browser(), `http://${world.host()}/signup`),
    }],
  ];

  for (const [name, other] of others) {
    await t.step(`${name}: the subdomain is taken`, async () => {
      const answer = await send(world, "/signup", other);
      assert.equal(answer.status, 422);
      assert.match(answer.text, /This address is taken/);
    });
  }
});

Deno.test("a new workspace form sent twice at once creates one workspace", async () => {
  await using world = await World.open();
  const owner = await world.user("ada@acme.example");
  const browser = world.browser();
  await browser.post(`http://${world.host()}/login`, { email: owner.email, password: PASSWORD });
  const address = `http://${world.host()}/workspaces/new`;
  const form = { company_name: "Globex", subdomain: "globex", form_key: await formKey(browser, address) };
  const cookie = cookieOf(browser, world.host());

  const answers = await Promise.all(
    [1, 2].map(() => send(world, "/workspaces/new", form, world.host(), cookie)),
  );
  const another = await send(world, "/workspaces/new", { ...form, form_key: "" }, world.host(), cookie);

  assert.deepEqual(answers.map(({ status }) => status), [303, 303]);
  for (const { headers } of answers) {
    assert.match(headers.location!, /^http:\/\/globex\.localhost:\d+\/handoff/);
  }
  assert.equal(another.status, 422);
  assert.equal((await world.countAll()).tenants, 1);
});

Deno.test("a project form sent twice at once creates one project, with and without htmx", async (t) => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const browser = world.browser();
  const host = world.host("acme");
  await browser.post(`http://${host}/login`, { email: acme.owner.email, password: PASSWORD });
  const cookie = cookieOf(browser, host);
  const newKey = () => formKey(browser, `http://${host}/projects/new`);
  const post = (form: Record<string, string>, headers: Record<string, string> = {}) =>
    send(world, "/projects", form, host, { ...cookie, ...headers });
  const named = async (name: string) => {
    const { json } = await world.api("GET", `/projects?search=${name}`, { token: await world.token(acme) });
    return json.data.length as number;
  };

  await t.step("the second form gets the same response as the first", async () => {
    const form = { name: "Apollo", form_key: await newKey() };
    const answers = await Promise.all([post(form), post(form)]);
    const later = await post(form);

    for (const { status, headers } of [...answers, later]) {
      assert.deepEqual([status, headers.location], [303, "/projects"]);
    }
    assert.equal(await named("Apollo"), 1);
  });
  await t.step("the second form gets the same response with htmx, too", async () => {
    const form = { name: "Borealis", form_key: await newKey() };
    const inPlace = { "HX-Request": "true", "HX-Current-URL": `http://${host}/projects` };
    const [one, other] = await Promise.all([1, 2].map(() => post(form, inPlace)));

    assert.deepEqual([one!.status, other!.status], [200, 200]);
    assert.equal(idIn(one!), idIn(other!));
    assert.equal(await named("Borealis"), 1);
  });
  await t.step("each project has one line in the audit log", async () => {
    const isCreation = eq(auditLog.action, "project.created");
    const [created] = await acme.ctx.read((tx) => [tx.select().from(auditLog).where(isCreation)]);
    assert.deepEqual(created.map(({ subjectName }) => subjectName).toSorted(), ["Apollo", "Borealis"]);
  });
  await t.step("different content creates another project", async () => {
    const form_key = await newKey();
    await post({ name: "Cygnus", form_key });
    await post({ name: "Cygnus", description: "The second", form_key });
    assert.equal(await named("Cygnus"), 2);
  });
  await t.step("without a key, or with a key that is a day old, each form creates a project", async () => {
    const form_key = await newKey();
    await post({ name: "Draco", form_key });
    world.clock.advance(25 * 60 * 60 * 1_000);
    await browser.post(`http://${host}/login`, { email: acme.owner.email, password: PASSWORD });
    const fresh = cookieOf(browser, host);
    for (const key of [form_key, "", ""]) {
      await send(world, "/projects", { name: "Draco", form_key: key }, host, fresh);
    }
    assert.equal(await named("Draco"), 4);
  });
  await t.step("S23 the key isn't the project's id", async () => {
    const form_key = await newKey();
    await browser.post(`http://${host}/projects`, { name: "Eridanus", form_key, id: form_key });
    const token = await world.token(acme);
    const { json } = await world.api("GET", "/projects?search=Eridanus", { token });
    assert.notEqual(json.data[0].id, form_key);
    assert.equal((await world.api("GET", `/projects/${form_key}`, { token })).status, 404);
  });
});

async function formKey(browser: Browser, address: string): Promise<string> {
  const { text } = await browser.get(address);
  return /name="form_key" value="([^"]+)"/.exec(text)![1]!;
}

function send(
  world: World,
  path: string,
  form: Record<string, string>,
  host = world.host(),
  headers: Record<string, string> = {},
): Promise<RawAnswer> {
  return world.raw("POST", host, path, { ...URLENCODED, ...headers }, new URLSearchParams(form).toString());
}

function cookieOf(browser: Browser, host: string): { Cookie: string } {
  return { Cookie: [...browser.cookies(host)].map(([name, value]) => `${name}=${value}`).join("; ") };
}

/** Whether a browser that received this response is signed in. */
async function isSignedIn(world: World, { headers }: RawAnswer): Promise<boolean> {
  const [cookie] = headers["set-cookie"]![0]!.split(";");
  const page = await world.raw("GET", world.host(), "/workspaces", { Cookie: cookie! });
  return page.status === 200 && page.text.includes("Acme");
}

function idIn({ text }: RawAnswer): string {
  return /\/projects\/([0-9a-f-]{36})/.exec(text)![1]!;
}
