import assert from "node:assert/strict";
import { MINUTE } from "../../src/platform/clock.ts";
import { type Company, World } from "../support/world.ts";

/** Protects: /api/v1/members keeps its contract, status by status. */

Deno.test("members have a name, an email, a role, and the moments they joined and were last seen", async () => {
  await using world = await World.open();
  const company = await world.company("acme");
  const token = await world.token(company);
  world.clock.advance(MINUTE);
  const mei = await world.member(company, "mei@acme.example", "viewer");

  const { status, json } = await world.api("GET", "/members", { token });

  assert.equal(status, 200);
  assert.deepEqual(Object.keys(json), ["data", "next_cursor"]);
  assert.equal(json.next_cursor, null);
  const [first, second] = json.data;
  assert.match(first.id, /^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  assert.deepEqual(first, {
    id: first.id,
    user_id: mei.id,
    name: "mei",
    email: "mei@acme.example",
    role: "viewer",
    joined_at: "2026-03-02T09:01:00.000Z",
    last_seen_at: null,
  });
  assert.deepEqual([second.user_id, second.role], [company.owner.id, "owner"]);
  assert.notEqual(first.id, mei.id);
});

Deno.test("a list goes on where its cursor says, without a gap or a repetition, in each order", async (t) => {
  await using world = await World.open();
  const company = await world.company("acme", "Acme", await world.user("beta@acme.example"));
  const token = await world.token(company);
  for (const name of ["Alpha", "delta", "Gamma", "epsilon"]) {
    world.clock.advance(MINUTE);
    await addMember(world, company, name);
  }

  const expected: Record<string, string[]> = {
    "name": ["Alpha", "beta", "delta", "epsilon", "Gamma"],
    "-name": ["Gamma", "epsilon", "delta", "beta", "Alpha"],
    "joined_at": ["beta", "Alpha", "delta", "Gamma", "epsilon"],
    "-joined_at": ["epsilon", "Gamma", "delta", "Alpha", "beta"],
  };
  for (const [sort, names] of Object.entries(expected)) {
    await t.step(sort, async () => {
      const page = (cursor = "") => world.api("GET", `/members?sort=${sort}&limit=2${cursor}`, { token });

      const first = await page();
      const second = await page(`&cursor=${first.json.next_cursor}`);
      const third = await page(`&cursor=${second.json.next_cursor}`);

      const seen = [...first.json.data, ...second.json.data, ...third.json.data].map(({ name }) => name);
      assert.deepEqual(seen, names);
      assert.equal(third.json.next_cursor, null);
    });
  }
});

Deno.test("a list is narrowed by search in name and email, and by role", async () => {
  await using world = await World.open();
  const company = await world.company("acme", "Acme", await world.user("ada@acme.example", "Ada Okafor"));
  const token = await world.token(company);
  await world.user("jonas@partner.example", "Jonas Lindqvist");
  await world.member(company, "jonas@partner.example", "admin");
  await world.user("mei@partner.example", "Mei 100% Tanaka");
  await world.member(company, "mei@partner.example", "viewer");

  const names = async (query: string) =>
    (await world.api("GET", `/members?${query}`, { token })).json.data.map(({ name }: { name: string }) =>
      name
    );

  assert.deepEqual(await names("search=OKAF"), ["Ada Okafor"]);
  assert.deepEqual(await names("search=partner.example"), ["Jonas Lindqvist", "Mei 100% Tanaka"]);
  assert.deepEqual(await names("search=%25"), ["Mei 100% Tanaka"]);
  assert.deepEqual(await names("role=admin"), ["Jonas Lindqvist"]);
  assert.deepEqual(await names("role=admin&search=mei"), []);
});

Deno.test("members of another tenant never appear, whatever is asked for", async (t) => {
  await using world = await World.open();
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];
  await world.member(globex, "mei@globex.example", "viewer");
  await world.member(globex, acme.owner.email, "viewer");
  const token = await world.token(acme);
  const { json: page } = await world.api("GET", "/members?limit=1", { token: await world.token(globex) });
  const itself = [[acme.owner.email, "owner"]];

  const expected: Record<string, unknown[]> = {
    "": itself,
    "sort=-joined_at": itself,
    [`tenant_id=${globex.tenant.id}`]: itself,
    "search=globex": [],
    "role=viewer": [],
  };
  for (const [query, members] of Object.entries(expected)) {
    await t.step(query || "no query", async () => {
      const { json } = await world.api("GET", `/members?${query}`, { token });

      const seen = json.data.map(({ email, role }: { email: string; role: string }) => [email, role]);
      assert.deepEqual(seen, members);
    });
  }
  await t.step("the other tenant's cursor", async () => {
    const { status } = await world.api("GET", `/members?cursor=${page.next_cursor}`, { token });

    assert.equal(status, 422);
  });
});

Deno.test("every role sees the members", async (t) => {
  await using world = await World.open();
  const company = await world.company("acme");
  for (const role of ["admin", "member", "viewer"] as const) {
    await world.member(company, `${role}@acme.example`, role);
    await t.step(role, async () => {
      const token = await world.token(company, `${role}@acme.example`);

      assert.equal((await world.api("GET", "/members", { token })).status, 200);
    });
  }
});

Deno.test("401 without credentials", async () => {
  await using world = await World.open();

  const answer = await world.api("GET", "/members");

  assert.equal(answer.status, 401);
  assert.equal(answer.headers["content-type"], "application/problem+json");
});

Deno.test("403 for a tenant that the caller is no member of, or that the token is not for", async () => {
  await using world = await World.open();
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];
  const headers = { "X-Tenant": "acme" };

  const stranger = await world.api("GET", "/members", {
    token: await world.accountToken(globex.owner.email),
    headers,
  });
  const otherToken = await world.api("GET", "/members", { token: await world.token(globex), headers });
  const own = await world.api("GET", "/members", { token: await world.token(acme), headers });

  assert.deepEqual([stranger.status, otherToken.status, own.status], [403, 403, 200]);
});

Deno.test("422 names the parameter that needs another value", async (t) => {
  await using world = await World.open();
  const token = await world.token(await world.company("acme"));

  for (
    const query of ["limit=0", "limit=101", "sort=email", "role=guest", "cursor=nonsense", "search=%00"]
  ) {
    await t.step(query, async () => {
      const { status, json } = await world.api("GET", `/members?${query}`, { token });

      assert.equal(status, 422);
      assert.equal(json.errors[0].field, query.split("=")[0]);
    });
  }
});

Deno.test("S66: a cursor works only with the sort and the filters that it was made for, and not for projects", async (t) => {
  await using world = await World.open();
  const company = await world.company("acme");
  const token = await world.token(company);
  for (const name of ["ann", "ben", "cleo"]) await addMember(world, company, name);
  const asked = "sort=name&role=member&search=acme";
  const { json } = await world.api("GET", `/members?${asked}&limit=1`, { token });
  const withCursor = (path: string) => world.api("GET", `${path}&cursor=${json.next_cursor}`, { token });

  assert.equal((await withCursor(`/members?${asked}`)).json.data.length, 2);
  for (
    const other of [
      `/members?${asked.replace("sort=name", "sort=-name")}`,
      `/members?${asked.replace("sort=name", "sort=joined_at")}`,
      `/members?${asked.replace("role=member", "role=viewer")}`,
      `/members?${asked.replace("&search=acme", "")}`,
      "/projects?sort=name",
    ]
  ) {
    await t.step(other, async () => {
      const { status, json } = await withCursor(other);

      assert.equal(status, 422);
      assert.equal(json.errors[0].field, "cursor");
    });
  }
});

async function addMember(world: World, company: Company, name: string): Promise<void> {
  const email = `${name.toLowerCase()}@acme.example`;
  await world.user(email, name);
  await world.member(company, email, "member");
}
