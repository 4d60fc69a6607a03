import assert from "node:assert/strict";
import { Webhook } from "standardwebhooks";
import { findSuppression, suppress } from "../../src/email/suppression.ts";
import { MINUTE } from "../../src/platform/clock.ts";
import { newId } from "../../src/platform/ids.ts";
import { PASSWORD, World } from "../support/world.ts";

/** Protects: suppressed addresses get no email. Only providers' signed notices and staff suppress an address. */

const SECRET = `whsec_${btoa("twenty-four bytes or more")}`;
const OTHER_SECRET = `whsec_${btoa("twenty-four other bytes..")}`;
const ZOE = "zoe@acme.example";

Deno.test("a provider's notice of a permanent bounce suppresses the address, even if the notice is repeated", async () => {
  await using world = await World.open({ EMAIL_WEBHOOK_SECRET: SECRET });
  const body = bounce("Permanent");
  const headers = sign(body);

  const first = await notify(world, body, headers);
  const again = await notify(world, body, headers);

  assert.deepEqual([first.status, again.status], [200, 200]);
  assert.equal(await findSuppression(world.system, ZOE), "bounce");
  assert.equal((await world.dumpControl()).split(ZOE).length, 2, "the address has one row");
});

Deno.test("a complaint suppresses the address, but a temporary bounce and an unknown notice don't", async () => {
  await using world = await World.open({ EMAIL_WEBHOOK_SECRET: SECRET });
  const harmless = [
    bounce("Transient"),
    JSON.stringify({ type: "email.delivered", data: { to: [ZOE] } }),
    JSON.stringify({ type: "email.bounced", data: null }),
  ];

  for (const body of harmless) assert.equal((await notify(world, body, sign(body))).status, 200, body);
  const before = await findSuppression(world.system, ZOE);
  const complaint = JSON.stringify({ type: "email.complained", data: { to: [`Zoë <${ZOE}>`] } });
  await notify(world, complaint, sign(complaint, { names: "svix" }));

  assert.equal(before, null);
  assert.equal(await findSuppression(world.system, ZOE), "complaint");
});

Deno.test("a notice that is unsigned, signed with another key, changed or old is rejected", async () => {
  await using world = await World.open({ EMAIL_WEBHOOK_SECRET: SECRET });
  const body = bounce("Permanent");

  const answers = [
    await notify(world, body, {}),
    await notify(world, body, sign(body, { secret: OTHER_SECRET })),
    await notify(world, bounce("Permanent", "other@acme.example"), sign(body)),
    await notify(world, body, sign(body, { age: 6 * MINUTE })),
    await notify(world, body, sign(body, { age: -6 * MINUTE })),
  ];

  for (const { status, headers, text } of answers) {
    assert.equal(status, 400);
    assert.match(headers["content-type"] as string, /application\/problem\+json/);
    assert.ok(!text.includes(SECRET));
  }
  assert.equal(await findSuppression(world.system, ZOE), null);
});

Deno.test("notices are rejected without a secret, on a tenant's host, or if the body is too large", async () => {
  await using deaf = await World.open();
  await using world = await World.open({ EMAIL_WEBHOOK_SECRET: SECRET });
  await world.company("acme");
  const [body, large] = [bounce("Permanent"), bounce("Permanent", "x".repeat(1024 * 1024))];

  const statuses = [
    (await notify(deaf, body, sign(body))).status,
    (await notify(world, body, sign(body), "acme")).status,
    (await notify(world, large, sign(large))).status,
  ];

  assert.deepEqual(statuses, [404, 404, 413]);
});

Deno.test("S25 only staff see the suppressed addresses, on the apex only", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await suppress(world.system, { address: ZOE, reason: "bounce", detail: "No such user" });
  const [visitor, owner] = [world.browser(), world.browser()];
  await signIn(world, owner, acme.owner.email);
  await owner.post(`http://${world.host("acme")}/login`, { email: acme.owner.email, password: PASSWORD });

  for (const path of ["/admin/suppressions", "/admin/suppressions/new"]) {
    assert.match((await visitor.get(`http://${world.host()}${path}`)).url, /\/login\?next=%2Fadmin/);
    assert.equal((await owner.get(`http://${world.host()}${path}`)).status, 403);
    assert.equal((await owner.get(`http://${world.host("acme")}${path}`)).status, 404);
  }
  const added = await owner.post(`http://${world.host()}/admin/suppressions`, { address: "x@acme.example" });
  assert.equal(added.status, 403);
  assert.equal(await findSuppression(world.system, "x@acme.example"), null);
});

Deno.test("staff can find an address, suppress one, and release it after confirming", async () => {
  await using world = await World.open();
  await world.staff("root@example.com");
  const staff = world.browser();
  await signIn(world, staff, "root@example.com");
  const list = `http://${world.host()}/admin/suppressions`;

  const empty = await staff.get(list);
  const refused = await staff.post(list, { address: "nobody" });
  const added = await staff.post(list, { address: " Zoe@Acme.example ", detail: "Asked by telephone." });
  const twice = await staff.post(list, { address: ZOE });
  const found = await staff.get(`${list}?search=ZOE%40`);
  const notFound = await staff.get(`${list}?search=%25`);
  const release = /href="(\/admin\/suppressions\/[0-9a-f-]{36}\/release)"/.exec(found.text)![1]!;
  const asked = await staff.get(`http://${world.host()}${release}`);
  const stillThere = await findSuppression(world.system, ZOE);
  const released = await staff.post(`http://${world.host()}${release}`);

  assert.match(empty.text, /No suppressed addresses/);
  assert.deepEqual([refused.status, twice.status], [422, 422]);
  assert.match(twice.text, /already suppressed/);
  assert.match(added.text, /zoe@acme\.example won&#39;t get any more email/);
  assert.match(found.text, /Asked by telephone\./);
  assert.match(notFound.text, /No matching addresses/);
  assert.match(asked.text, /zoe@acme\.example/);
  assert.match(released.text, /zoe@acme\.example can get email again/);
  assert.deepEqual([stillThere, await findSuppression(world.system, ZOE)], ["manual", null]);
});

Deno.test("the list has pages, newest first", async () => {
  await using world = await World.open();
  await world.staff("root@example.com");
  for (let number = 1; number <= 27; number++) {
    await suppress(world.system, { address: `person-${number}@acme.example`, reason: "bounce", detail: "" });
    world.clock.advance(MINUTE);
  }
  const staff = world.browser();
  await signIn(world, staff, "root@example.com");
  const list = `http://${world.host()}/admin/suppressions`;

  const first = await staff.get(list);
  const next = /\/admin\/suppressions(\?[^"]*cursor=[^"]+)"/.exec(first.text)![1]!.replaceAll("&amp;", "&");
  const second = await staff.get(list + next);

  const addressesOf = (text: string) => [...text.matchAll(/>(person-\d+)@/g)].map(([, name]) => name);
  assert.equal(addressesOf(first.text).length, 25);
  assert.equal(addressesOf(first.text)[0], "person-27");
  assert.deepEqual(addressesOf(second.text), ["person-2", "person-1"]);
});

function bounce(type: "Permanent" | "Transient", to = ZOE): string {
  const data = { email_id: newId(), to: [to], bounce: { type, subType: "General", message: "No such user" } };
  return JSON.stringify({ type: "email.bounced", created_at: "2026-03-02T09:00:00.000Z", data });
}

/** Signs with the system's clock, because the server checks the signature's time with it. */
function sign(
  body: string,
  { secret = SECRET, age = 0, names = "webhook" } = {},
): Record<string, string> {
  const id = `msg_${newId()}`;
  const at = new Date(Date.now() - age);
  return {
    [`${names}-id`]: id,
    [`${names}-timestamp`]: String(Math.floor(at.getTime() / 1000)),
    [`${names}-signature`]: new Webhook(secret).sign(id, at, body),
  };
}

function notify(world: World, body: string, headers: Record<string, string>, subdomain?: string) {
  const sent = { "Content-Type": "application/json", ...headers };
  return world.raw("POST", world.host(subdomain), "/inbound/email", {
    ...sent,
    "Content-Length": String(new TextEncoder().encode(body).length),
  }, body);
}

async function signIn(world: World, browser: ReturnType<World["browser"]>, email: string): Promise<void> {
  await browser.post(`http://${world.host()}/login`, { email, password: PASSWORD, next: "/admin/tenants" });
}
