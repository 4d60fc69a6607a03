import { z } from "@hono/zod-openapi";
import { OpenAPIHono } from "@hono/zod-openapi";
import assert from "node:assert/strict";
import { apiUsage } from "../../db/stream/schema/api_usage.ts";
import { parseCsv } from "../../src/platform/csv.ts";
import { API_USAGE } from "../../src/api_access/usage_counter.ts";
import { createProject } from "../../src/projects/projects.ts";
import { publicResource } from "../../routes/api/audiences.ts";
import type { HttpEnv } from "../../routes/http.ts";
import { World } from "../support/world.ts";

/** Protects: what all operations of the API share: ETags, CSV, content types, and the headers of a deprecation. */

Deno.test("304 for a client that has the current version; it costs no call of the plan", async () => {
  await using world = await World.open();
  const company = await world.company("acme");
  const token = await world.token(company);
  const { id } = await createProject(company.ctx, { name: "Apollo", description: "", status: "active" });
  const get = (path: string, etag?: string) =>
    world.api("GET", path, {
      token,
      headers: { "Accept-Encoding": "gzip", ...(etag ? { "If-None-Match": etag } : {}) },
    });
  const counted = async () => {
    await world.services.use(API_USAGE).flush();
    const [[row]] = await company.ctx.read((tx) => [tx.select().from(apiUsage)]);
    return row?.calls ?? 0;
  };

  for (const path of [`/projects/${id}`, "/projects", `/tenants/${company.tenant.id}`, "/members"]) {
    const first = await get(path);
    const before = await counted();
    const again = await get(path, first.headers.etag);
    const weak = await get(path, `"other", W/${first.headers.etag}`);
    const any = await get(path, "*");
    const other = await get(path, '"other"');

    assert.match(first.headers.etag!, /^"[^"]+"$/, path);
    for (const { status, text, headers } of [again, weak, any]) {
      assert.deepEqual([status, text, headers.etag], [304, "", first.headers.etag], path);
    }
    assert.equal(other.status, 200);
    assert.equal(await counted(), Number(before) + 1, `${path}: only the 200 was counted`);
  }
});

Deno.test("a list's ETag changes with its content", async () => {
  await using world = await World.open();
  const { ctx, ...company } = await world.company("acme");
  const token = await world.token({ ctx, ...company });
  const list = (headers = {}) => world.api("GET", "/projects", { token, headers });

  const empty = await list();
  await createProject(ctx, { name: "Apollo", description: "", status: "active" });
  const changed = await list({ "If-None-Match": empty.headers.etag! });

  assert.equal(changed.status, 200);
  assert.notEqual(changed.headers.etag, empty.headers.etag);
});

Deno.test("412 for a DELETE of a changed project, and for a changed tenant", async () => {
  await using world = await World.open();
  const company = await world.company("acme");
  const token = await world.token(company);
  const project = await world.api("POST", "/projects", { token, body: { name: "Apollo" } });
  const projectPath = `/projects/${project.json.id}`;
  const tenantPath = `/tenants/${company.tenant.id}`;
  const tenant = await world.api("GET", tenantPath, { token });
  const call = (method: string, path: string, etag: string, body?: unknown) =>
    world.api(method, path, { token, headers: { "If-Match": etag }, body });

  await world.api("PATCH", projectPath, { token, body: { name: "Apollo 2" } });
  const stale = await call("DELETE", projectPath, project.headers.etag!);
  const { headers: { etag } } = await world.api("GET", projectPath, { token });
  const deleted = await call("DELETE", projectPath, etag!);
  const renamed = await call("PATCH", tenantPath, tenant.headers.etag!, { name: "Acme Robotics" });
  const lost = await call("PATCH", tenantPath, tenant.headers.etag!, { name: "Lost update" });
  const kept = await call("DELETE", tenantPath, tenant.headers.etag!);
  const next = await call("PATCH", tenantPath, `"other", ${renamed.headers.etag}`, { name: "Acme" });

  assert.deepEqual([stale.status, deleted.status], [412, 204]);
  assert.deepEqual([renamed.status, lost.status, kept.status, next.status], [200, 412, 412, 200]);
  assert.equal(next.json.name, "Acme");
});

const VIPS = { match: "all", conditions: [{ type: "tag", op: "has", value: "vip" }] };
const STEP = { delay_hours: 24, subject: "Welcome", body: "Hi" };
const VERSIONED: [path: string, body: Record<string, unknown>, changes: Record<string, unknown>][] = [
  ["/projects", { name: "One" }, { name: "Two" }],
  ["/contacts", { email: "one@partner.example", consent: false }, { name: "Two" }],
  ["/segments", { name: "One", filter: VIPS }, { name: "Two" }],
  ["/campaigns", { name: "One", subject: "Hi", body: "Hi" }, { name: "Two" }],
  ["/sequences", { name: "One", trigger: { type: "tag", value: "vip" }, steps: [STEP] }, { name: "Two" }],
];

Deno.test("If-Match may name several versions, of which one must be current", async (t) => {
  await using world = await World.open();
  const token = await world.token(await world.company("acme"));

  for (const [path, body, changes] of VERSIONED) {
    await t.step(path, async () => {
      const { json: { id } } = await world.api("POST", path, { token, body });
      const { headers: { etag } } = await world.api("PATCH", `${path}/${id}`, { token, body: changes });
      const call = (method: string, etags: string, body?: unknown) =>
        world.api(method, `${path}/${id}`, { token, headers: { "If-Match": etags }, body });

      const refused = [
        await call("PATCH", '"1", "7"', changes),
        await call("PATCH", `"1", W/${etag}`, changes),
        await call("DELETE", '"1", "7"'),
      ];
      const changed = await call("PATCH", `"1", ${etag}`, changes);
      const deleted = await call("DELETE", `"other", ${etag}`);

      assert.equal(etag, '"2"');
      assert.deepEqual(refused.map(({ status }) => status), [412, 412, 412]);
      assert.deepEqual([changed.status, deleted.status], [200, 204]);
    });
  }
});

Deno.test("412 for If-Match where there is no version to compare, so that no check is skipped in silence", async () => {
  await using world = await World.open();
  const company = await world.company("acme");
  const token = await world.token(company);
  const user = await world.accountToken(company.owner.email);
  const headers = { "If-Match": '"1"' };

  const me = await world.api("PATCH", "/me", { token: user, headers, body: { name: "Ada" } });
  const any = await world.api("PATCH", "/me", {
    token: user,
    headers: { "If-Match": "*" },
    body: { name: "Ada" },
  });
  const created = await world.api("POST", "/projects", { token, headers, body: { name: "Apollo" } });

  assert.deepEqual([me.status, any.status, created.status], [412, 200, 412]);
  assert.equal((await world.api("GET", "/me", { token: user })).headers.etag, undefined);
});

Deno.test("a list comes as CSV if Accept prefers it, page by page", async () => {
  await using world = await World.open();
  const company = await world.company("acme");
  const token = await world.token(company);
  const description = 'Said "hello",\nand left';
  for (const name of ["=1+1", "Müller, Söhne", "Zoo"]) {
    await createProject(company.ctx, { name, description, status: "active" });
  }
  const get = (path: string, Accept: string) => world.api("GET", path, { token, headers: { Accept } });

  const first = await get("/projects?sort=name&limit=2", "text/csv");
  const next = /^<\/api\/v1(.+)>; rel="next"$/.exec(first.headers.link as string)![1]!;
  const second = await get(next, "application/json;q=0.5, text/csv");
  const audit = await get("/audit-log?limit=1", "text/csv");
  const json = [
    await get("/projects", "*/*"),
    await get("/projects", "text/html"),
    await get("/projects", "application/json, text/csv;q=0.9"),
  ];

  assert.equal(first.headers["content-type"], "text/csv; charset=utf-8");
  assert.match(first.headers.vary as string, /Accept/);
  const [heading, ...rows] = [...parseCsv(first.text), ...parseCsv(second.text).slice(1)].map(({ cells }) =>
    cells
  );
  assert.deepEqual(heading, ["id", "name", "description", "status", "owner_id", "created_at", "updated_at"]);
  assert.deepEqual(rows.map(([, name]) => name), ["'=1+1", "Müller, Söhne", "Zoo"]);
  assert.equal(rows[0]![2], description);
  assert.equal(second.headers.link, undefined);
  assert.match(audit.text, /^id,sequence,at,action,actor\.type,actor\.id/);
  for (const { headers } of json) assert.match(headers["content-type"]!, /^application\/json/);
});

Deno.test("415 for a body that isn't JSON; 422 without a body", async (t) => {
  await using world = await World.open();
  const token = await world.token(await world.company("acme"));
  const post = (type: string | undefined, body?: string) =>
    world.raw("POST", world.host(), "/api/v1/projects", {
      Authorization: `Bearer ${token}`,
      ...(type === undefined ? {} : { "Content-Type": type }),
    }, body);

  for (
    const type of [undefined, "text/plain", "application/x-www-form-urlencoded", "application/jsonp", "json"]
  ) {
    await t.step(String(type), async () => {
      const answer = await post(type, '{"name":"Apollo"}');

      assert.equal(answer.status, 415);
      assert.equal(answer.headers["accept-post"], "application/json");
      assert.equal(JSON.parse(answer.text).status, 415);
    });
  }
  for (
    const type of ["application/json", "Application/JSON; charset=utf-8", "application/merge-patch+json"]
  ) {
    await t.step(type, async () => assert.equal((await post(type, '{"name":"Apollo"}')).status, 201));
  }
  await t.step("no body", async () => assert.equal((await post(undefined)).status, 422));
});

Deno.test("a deprecated operation says so in every response and in the document", async () => {
  const resource = publicResource("Projects");
  resource.operation("get", "/old", {
    operationId: "getOld",
    summary: "Get the old thing",
    deprecated: {
      since: new Date("2026-01-01T00:00:00Z"),
      sunset: new Date("2026-07-01T00:00:00Z"),
      guide: "https://app.example/docs/old",
    },
    answer: { description: "The thing", schema: z.object({ name: z.string() }) },
    run: () => Promise.resolve({ name: "Old" }),
  });
  const api = new OpenAPIHono<HttpEnv>();
  api.use(async (c, next) => {
    c.set("session", null);
    c.set("device", { ipAddress: "192.0.2.1", userAgent: "" });
    c.set("services", { db: {} } as HttpEnv["Variables"]["services"]);
    await next();
  });
  resource.addTo(api);
  resource.documentIn(api);

  const { headers } = await api.request("/old");
  const { get } = api.getOpenAPI31Document({ openapi: "3.1.0", info: { title: "Old", version: "1" } })
    .paths!["/old"]!;

  assert.equal(headers.get("Deprecation"), "@1767225600"); // RFC 9745
  assert.equal(headers.get("Sunset"), "Wed, 01 Jul 2026 00:00:00 GMT"); // RFC 8594
  assert.equal(headers.get("Link"), '<https://app.example/docs/old>; rel="deprecation"; type="text/html"');
  assert.equal(get?.deprecated, true);
  assert.match(get?.description ?? "", /Deprecated since 2026-01-01\. It may be gone from 2026-07-01 on\./);
});
