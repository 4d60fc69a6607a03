import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { MINUTE } from "../../src/platform/clock.ts";
import { createProject } from "../../src/projects/projects.ts";
import { World } from "../support/world.ts";

/** Protects: /api/v1/projects keeps its contract, status by status. */

const UNKNOWN_ID = "0198c0de-0000-7000-8000-000000000000";

Deno.test("projects are created, read, changed and deleted", async () => {
  await using world = await World.open();
  const token = await world.token(await world.company("acme"));

  const created = await world.api("POST", "/projects", { token, body: { name: "Gripper calibration" } });
  const path = `/projects/${created.json.id}`;
  const read = await world.api("GET", path, { token });
  const changed = await world.api("PATCH", path, {
    token,
    body: { description: "From a day to an hour", status: "archived" },
  });
  const deleted = await world.api("DELETE", path, { token });
  const gone = await world.api("GET", path, { token });

  assert.equal(created.status, 201);
  assert.equal(created.headers.location, `/api/v1${path}`);
  assert.match(created.json.id, /^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  assert.equal(created.json.created_at, "2026-03-02T09:00:00.000Z");
  assert.deepEqual(read.json, created.json);
  assert.deepEqual([changed.json.description, changed.json.status], ["From a day to an hour", "archived"]);
  assert.equal(deleted.status, 204);
  assert.equal(gone.status, 404);
});

Deno.test("a list continues after its cursor without gaps or repeats, in every order", async (t) => {
  await using world = await World.open();
  const company = await world.company("acme");
  const token = await world.token(company);
  for (const name of ["beta", "Alpha", "delta", "Gamma", "epsilon"]) {
    await createProject(company.ctx, { name, description: "", status: "active" });
    world.clock.advance(MINUTE);
  }

  const expected: Record<string, string[]> = {
    "name": ["Alpha", "beta", "delta", "epsilon", "Gamma"],
    "-name": ["Gamma", "epsilon", "delta", "beta", "Alpha"],
    "created_at": ["beta", "Alpha", "delta", "Gamma", "epsilon"],
    "-created_at": ["epsilon", "Gamma", "delta", "Alpha", "beta"],
    "-updated_at": ["epsilon", "Gamma", "delta", "Alpha", "beta"],
  };
  for (const [sort, names] of Object.entries(expected)) {
    await t.step(sort, async () => {
      const first = await world.api("GET", `/projects?sort=${sort}&limit=2`, { token });
      const second = await world.api(
        "GET",
        `/projects?sort=${sort}&limit=2&cursor=${first.json.next_cursor}`,
        { token },
      );
      const third = await world.api(
        "GET",
        `/projects?sort=${sort}&limit=2&cursor=${second.json.next_cursor}`,
        { token },
      );

      const seen = [...first.json.data, ...second.json.data, ...third.json.data].map(({ name }) => name);
      assert.deepEqual(seen, names);
      assert.equal(third.json.next_cursor, null);
    });
  }
});

Deno.test("a list can be filtered by search and status", async () => {
  await using world = await World.open();
  const company = await world.company("acme");
  const token = await world.token(company);
  await createProject(company.ctx, { name: "Warehouse pilot", description: "", status: "active" });
  await createProject(company.ctx, { name: "Old pilot", description: "", status: "archived" });
  await createProject(company.ctx, { name: "100% cotton", description: "", status: "active" });

  const names = async (query: string) =>
    (await world.api("GET", `/projects?sort=name&${query}`, { token })).json.data.map((
      { name }: { name: string },
    ) => name);

  assert.deepEqual(await names("search=PILOT"), ["Old pilot", "Warehouse pilot"]);
  assert.deepEqual(await names("search=pilot&status=archived"), ["Old pilot"]);
  assert.deepEqual(await names("search=0%25"), ["100% cotton"]);
  assert.deepEqual(await names("search=%25"), ["100% cotton"]);
});

Deno.test("If-Match prevents one change from overwriting another", async () => {
  await using world = await World.open();
  const token = await world.token(await world.company("acme"));
  const created = await world.api("POST", "/projects", { token, body: { name: "Spare parts" } });
  const path = `/projects/${created.json.id}`;
  const etag = created.headers.etag as string;

  const first = await world.api("PATCH", path, {
    token,
    headers: { "If-Match": etag },
    body: { name: "Spare parts portal" },
  });
  const second = await world.api("PATCH", path, {
    token,
    headers: { "If-Match": etag },
    body: { name: "Lost update" },
  });
  const anyway = await world.api("PATCH", path, {
    token,
    headers: { "If-Match": "*" },
    body: { name: "Parts" },
  });

  assert.equal(first.status, 200);
  assert.notEqual(first.headers.etag, etag);
  assert.equal(second.status, 412);
  assert.equal(anyway.json.name, "Parts");
});

Deno.test("200 with the same ETag for a PATCH that changes nothing, but 412 for an older version", async () => {
  await using world = await World.open();
  const token = await world.token(await world.company("acme"));
  const created = await world.api("POST", "/projects", { token, body: { name: "Spare parts" } });
  const path = `/projects/${created.json.id}`;
  world.clock.advance(MINUTE);

  const empty = await world.api("PATCH", path, { token, body: {} });
  const same = await world.api("PATCH", path, { token, body: { name: "Spare parts", status: "active" } });
  const stale = await world.api("PATCH", path, { token, headers: { "If-Match": '"7"' }, body: {} });

  for (const answer of [empty, same]) {
    assert.deepEqual([answer.status, answer.headers.etag], [200, created.headers.etag]);
    assert.deepEqual(answer.json, created.json);
  }
  assert.equal(stale.status, 412);
});

Deno.test("401 without credentials, as problem+json with the request's id", async () => {
  await using world = await World.open();

  const answer = await world.api("GET", "/projects");

  assert.equal(answer.status, 401);
  assert.equal(answer.headers["content-type"], "application/problem+json");
  assert.match(answer.headers["www-authenticate"] as string, /^Bearer/);
  assert.equal(answer.json.request_id, answer.headers["x-request-id"]);
  assert.equal(answer.json.status, 401);
});

Deno.test("403 for a viewer who tries to change something", async () => {
  await using world = await World.open();
  const company = await world.company("acme");
  await world.member(company, "viewer@acme.example", "viewer");
  const token = await world.token(company, "viewer@acme.example");

  const listed = await world.api("GET", "/projects", { token });
  const refused = await world.api("POST", "/projects", { token, body: { name: "Mine" } });

  assert.equal(listed.status, 200);
  assert.equal(refused.status, 403);
});

for (const id of [UNKNOWN_ID, "1", "not-an-id", "%00"]) {
  Deno.test(`404 for a project with the id ${id}`, async () => {
    await using world = await World.open();
    const token = await world.token(await world.company("acme"));

    const answers = await Promise.all([
      world.api("GET", `/projects/${id}`, { token }),
      world.api("PATCH", `/projects/${id}`, { token, body: { name: "x" } }),
      world.api("DELETE", `/projects/${id}`, { token }),
    ]);

    assert.deepEqual(answers.map(({ status }) => status), [404, 404, 404]);
  });
}

const INVALID: [string, unknown, string][] = [
  ["no name", {}, "name"],
  ["an empty name", { name: "  " }, "name"],
  ["a name that is too long", { name: "x".repeat(121) }, "name"],
  ["a name with two lines", { name: "one\r\nBcc: two" }, "name"],
  ["a name that is a number", { name: 7 }, "name"],
  ["an unknown status", { name: "x", status: "paused" }, "status"],
  ["a description that is too long", { name: "x", description: "x".repeat(2_001) }, "description"],
];

Deno.test("422 names each invalid field", async (t) => {
  await using world = await World.open();
  const token = await world.token(await world.company("acme"));
  for (const [name, body, field] of INVALID) {
    await t.step(name, async () => {
      const { status, json } = await world.api("POST", "/projects", { token, body });
      assert.equal(status, 422);
      assert.deepEqual(json.errors.map((error: { field: string }) => error.field), [field]);
    });
  }
  for (
    const query of ["limit=0", "limit=101", "limit=ten", "sort=owner", "status=paused", "cursor=nonsense"]
  ) {
    await t.step(query, async () => {
      const { status, json } = await world.api("GET", `/projects?${query}`, { token });
      assert.equal(status, 422);
      assert.equal(json.errors[0].field, query.split("=")[0]);
    });
  }
});

Deno.test("a cursor with an invalid time is rejected, not sent to the database", async (t) => {
  await using world = await World.open();
  const company = await world.company("acme");
  const token = await world.token(company);
  await createProject(company.ctx, { name: "One", description: "", status: "active" });
  await createProject(company.ctx, { name: "Two", description: "", status: "active" });
  const { json } = await world.api("GET", "/projects?limit=1", { token });
  const [binding] = JSON.parse(Buffer.from(json.next_cursor, "base64url").toString());

  for (
    const value of ["0", "tomorrow", "2026-03-02", "0000-01-01T00:00:00.000Z", "+012026-03-02T09:00:00.000Z"]
  ) {
    await t.step(value, async () => {
      const cursor = Buffer.from(JSON.stringify([binding, value, UNKNOWN_ID])).toString("base64url");
      const { status, json } = await world.api("GET", `/projects?cursor=${cursor}`, { token });
      assert.equal(status, 422);
      assert.equal(json.errors[0].field, "cursor");
    });
  }
});

Deno.test("S66 a cursor works only with the sort and the filters that it was created for", async (t) => {
  await using world = await World.open();
  const company = await world.company("acme");
  const token = await world.token(company);
  for (const name of ["Pilot 1", "Pilot 2", "Pilot 3"]) {
    await createProject(company.ctx, { name, description: "", status: "active" });
  }
  const asked = "sort=created_at&status=active&search=pilot";
  const { json } = await world.api("GET", `/projects?${asked}&limit=1`, { token });
  const withCursor = (query: string) =>
    world.api("GET", `/projects?${query}&cursor=${json.next_cursor}`, { token });

  assert.equal((await withCursor(asked)).json.data.length, 2);
  assert.equal((await withCursor(`${asked}&limit=1`)).json.data.length, 1);
  for (
    const other of [
      asked.replace("sort=created_at", "sort=-created_at"),
      asked.replace("sort=created_at", "sort=updated_at"),
      asked.replace("status=active", "status=archived"),
      asked.replace("&status=active", ""),
      asked.replace("search=pilot", "search=pilots"),
      asked.replace("&search=pilot", ""),
    ]
  ) {
    await t.step(other, async () => {
      const { status, json } = await withCursor(other);
      assert.equal(status, 422);
      assert.equal(json.errors[0].field, "cursor");
    });
  }
});

Deno.test("/api is an alias of the current version", async () => {
  await using world = await World.open();
  const token = await world.token(await world.company("acme"));

  const answer = await world.api("GET", "", { token, path: "/api/projects" });

  assert.deepEqual(answer.json, { data: [], next_cursor: null });
});

Deno.test("an unknown API route returns a problem, not a page", async () => {
  await using world = await World.open();
  const token = await world.token(await world.company("acme"));

  const answer = await world.api("GET", "/nothing", { token });

  assert.equal(answer.status, 404);
  assert.equal(answer.json.title, "Not found");
});
