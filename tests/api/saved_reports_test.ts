// Protects: a link to a report shows that report and nothing else, and only until it expires or is revoked.
import assert from "node:assert/strict";
import { savedReports } from "../../db/control/schema/saved_reports.ts";
import { newSavedReport, saveReport } from "../../src/analytics/saved_reports/saved_reports.ts";
import { newId } from "../../src/platform/ids.ts";
import { DAY } from "../../src/platform/clock.ts";
import { addEvents } from "../support/analytics.ts";
import { type Company, World } from "../support/world.ts";

const FUNNEL = { name: "Opening", kind: "funnel", steps: ["opened", "saved"], window_hours: 24 };

async function sharedFunnel(world: World, company: Company, days = 7) {
  await addEvents(world, company, [
    { event: "opened", userId: "mei", at: "2026-03-01T09:00:00Z" },
    { event: "saved", userId: "mei", at: "2026-03-01T10:00:00Z" },
    { event: "opened", userId: "noa", at: "2026-03-01T11:00:00Z" },
  ]);
  const token = await world.token(company);
  const { json: report } = await world.api("POST", "/saved-reports", { token, body: FUNNEL });
  const { json: link } = await world.api("POST", `/saved-reports/${report.id}/link`, {
    token,
    body: { days },
  });
  const path = `/shared-reports/${link.url.split("/").at(-1)}`;
  return {
    token,
    report,
    link,
    read: () => world.api("GET", path, { host: world.host(company.tenant.subdomain) }),
    path,
  };
}

Deno.test("201, 200, 204: a report is saved, opened with its result, listed and deleted", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const { token, report } = await sharedFunnel(world, acme);

  const opened = await world.api("GET", `/saved-reports/${report.id}`, { token });
  const { json: list } = await world.api("GET", "/saved-reports", { token });
  const deleted = await world.api("DELETE", `/saved-reports/${report.id}`, { token });
  const gone = await world.api("GET", `/saved-reports/${report.id}`, { token });

  assert.deepEqual([report.days, report.steps, report.window_hours, report.link_expires_at], [
    30,
    ["opened", "saved"],
    24,
    null,
  ]);
  assert.deepEqual(opened.json.funnel.steps, [
    { event: "opened", people: 2, share: 1 },
    { event: "saved", people: 1, share: 0.5 },
  ]);
  assert.deepEqual(list.data.map(({ name }: { name: string }) => name), ["Opening"]);
  assert.deepEqual([deleted.status, gone.status], [204, 404]);
});

Deno.test("the last report that a workspace can save may be sent twice", async () => {
  await using world = await World.open();
  const { ctx, tenant } = await world.company("acme");
  const now = world.clock.now();
  const row = {
    tenantId: tenant.id,
    kind: "usage" as const,
    query: { days: 30 },
    createdAt: now,
    updatedAt: now,
  };
  const others = Array.from(
    { length: 199 },
    (_, index) => ({ ...row, id: newId(), name: `Report ${index}` }),
  );
  await world.system.control.insert(savedReports).values(others);
  const input = newSavedReport.parse({ name: "Last", kind: "usage" });
  const id = newId();

  const [first, second] = [await saveReport(ctx, input, id), await saveReport(ctx, input, id)];

  assert.deepEqual([first.id, second.id], [id, id]);
  await assert.rejects(saveReport(ctx, input), /can save 200 reports/);
});

Deno.test("200: every kind of report can be saved", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const { token } = await sharedFunnel(world, acme);
  const kinds = [
    { kind: "usage", field: "usage" },
    { kind: "active_users", field: "active_users" },
    { kind: "retention", field: "retention" },
    { kind: "breakdown", field: "breakdown", event: "opened", property: "device" },
  ];

  for (const { field, ...report } of kinds) {
    const { json: saved } = await world.api("POST", "/saved-reports", {
      token,
      body: { name: field, ...report },
    });
    const { status, json } = await world.api("GET", `/saved-reports/${saved.id}`, { token });

    assert.equal(status, 200, field);
    assert.ok(json[field], field);
  }
});

Deno.test("200: anyone can read a shared report until the link expires", async () => {
  await using world = await World.open();
  const { link, read } = await sharedFunnel(world, await world.company("acme"), 30);

  const before = await read();
  world.clock.advance(30 * DAY);
  const afterwards = await read();

  assert.equal(link.expires_at, "2026-04-01T09:00:00.000Z");
  assert.equal(before.status, 200);
  assert.deepEqual(Object.keys(before.json).sort(), ["expires_at", "funnel", "kind", "name", "workspace"]);
  assert.deepEqual(before.json.funnel.steps.map(({ people }: { people: number }) => people), [2, 1]);
  assert.equal(afterwards.status, 404);
});

Deno.test("404: a revoked link, a replaced one, a made-up one, and one on another workspace's host", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await world.company("globex");
  const { token, report, read, path } = await sharedFunnel(world, acme);
  const link = `/saved-reports/${report.id}/link`;

  const elsewhere = await world.api("GET", path, { host: world.host("globex") });
  const madeUp = await world.api("GET", `/shared-reports/${"a".repeat(43)}`, { host: world.host("acme") });
  const { json: next } = await world.api("POST", link, { token, body: {} });
  const replaced = await read();
  const nextPath = `/shared-reports/${next.url.split("/").at(-1)}`;
  const current = await world.api("GET", nextPath, { host: world.host("acme") });
  await world.api("DELETE", link, { token });
  const revoked = await world.api("GET", nextPath, { host: world.host("acme") });

  assert.deepEqual([elsewhere, madeUp, replaced, current, revoked].map(({ status }) => status), [
    404,
    404,
    404,
    200,
    404,
  ]);
});

Deno.test("403: only owners and admins save and share, and only with a plan that includes it", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await world.member(acme, "mei@acme.example", "member");
  const small = await world.company("small", "Small Ltd", undefined, "team");
  const { report } = await sharedFunnel(world, acme);
  const token = await world.token(acme, "mei@acme.example");

  const answers = [
    await world.api("POST", "/saved-reports", { token, body: FUNNEL }),
    await world.api("POST", `/saved-reports/${report.id}/link`, { token, body: {} }),
    await world.api("DELETE", `/saved-reports/${report.id}`, { token }),
    await world.api("POST", "/saved-reports", { token: await world.token(small), body: FUNNEL }),
  ];
  const opened = await world.api("GET", `/saved-reports/${report.id}`, { token });

  assert.deepEqual(answers.map(({ status }) => status), [403, 403, 403, 403]);
  assert.equal(opened.status, 200);
});

Deno.test("404: another workspace's report can't be opened, shared or deleted", async () => {
  await using world = await World.open();
  const { report } = await sharedFunnel(world, await world.company("acme"));
  const token = await world.token(await world.company("globex"));

  const answers = [
    await world.api("GET", `/saved-reports/${report.id}`, { token }),
    await world.api("POST", `/saved-reports/${report.id}/link`, { token, body: {} }),
    await world.api("DELETE", `/saved-reports/${report.id}/link`, { token }),
    await world.api("DELETE", `/saved-reports/${report.id}`, { token }),
  ];

  assert.deepEqual(answers.map(({ status }) => status), [404, 404, 404, 404]);
});

Deno.test("422: a funnel needs its steps, a breakdown its property, and a link ends within 30 days", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const { token, report } = await sharedFunnel(world, acme);
  const fields = async (path: string, body: Record<string, unknown>) => {
    const { status, json } = await world.api("POST", path, { token, body });
    return [status, json.errors?.map(({ field }: { field: string }) => field)];
  };

  assert.deepEqual(await fields("/saved-reports", { name: "A", kind: "funnel" }), [422, ["steps"]]);
  assert.deepEqual(await fields("/saved-reports", { name: "A", kind: "breakdown", event: "opened" }), [422, [
    "property",
  ]]);
  assert.deepEqual(await fields("/saved-reports", { name: "", kind: "usage" }), [422, ["name"]]);
  assert.deepEqual(await fields(`/saved-reports/${report.id}/link`, { days: 31 }), [422, ["days"]]);
});
