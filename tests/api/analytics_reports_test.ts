// Protects: reports say what happened in exactly the days that were asked for, and count people once.
import assert from "node:assert/strict";
import { API_USAGE } from "../../src/api_access/usage_counter.ts";
import { CALL_COUNTER } from "../../src/api_access/call_counter.ts";
import { addEvents, inTimeZone } from "../support/analytics.ts";
import { type Company, World } from "../support/world.ts";

/** What three people did. Mei came back, and noa shared before opening. */
async function someEvents(world: World, company: Company): Promise<void> {
  await addEvents(world, company, [
    { event: "opened", userId: "mei", at: "2026-02-10T09:00:00Z", properties: { device: "phone" } },
    { event: "opened", userId: "mei", at: "2026-02-24T09:00:00Z", properties: { device: "phone" } },
    { event: "saved", userId: "mei", at: "2026-02-24T10:00:00Z" },
    { event: "shared", userId: "mei", at: "2026-02-24T11:00:00Z" },
    { event: "shared", userId: "noa", at: "2026-02-25T08:00:00Z" },
    { event: "opened", userId: "noa", at: "2026-02-25T09:00:00Z", properties: { device: "laptop" } },
    { event: "saved", userId: "noa", at: "2026-02-25T09:00:00Z" },
    { event: "opened", userId: "ana", at: "2026-02-26T09:00:00Z" },
    { event: "opened", at: "2026-02-26T09:00:00Z" },
  ]);
}

Deno.test("200: a report has totals, days, the most frequent events and latencies", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await someEvents(world, acme);
  const token = await world.token(acme);
  await world.api("GET", "/projects", { token });
  await world.api("GET", "/projects/unknown", { token });
  await world.services.use(API_USAGE).flush();
  await world.services.use(CALL_COUNTER).flush();

  const { status, json } = await world.api("GET", "/analytics/report?start=2026-02-24&end=2026-03-02", {
    token,
  });

  assert.equal(status, 200);
  assert.deepEqual(Object.keys(json), ["totals", "series", "top_events", "latency_ms"]);
  assert.deepEqual(json.totals, { events: 8, active_users: 3, api_calls: 2, api_errors: 1 });
  assert.deepEqual(json.series[0], { date: "2026-02-24", events: 3, active_users: 1, api_calls: 0 });
  assert.deepEqual(json.series.map(({ date }: { date: string }) => date).slice(-2), [
    "2026-03-01",
    "2026-03-02",
  ]);
  assert.deepEqual(json.series.at(-1), { date: "2026-03-02", events: 0, active_users: 0, api_calls: 2 });
  assert.deepEqual(json.top_events, [
    { event: "opened", count: 4 },
    { event: "saved", count: 2 },
    { event: "shared", count: 2 },
  ]);
  assert.deepEqual(Object.keys(json.latency_ms), ["p50", "p95", "p99"]);
  assert.ok(json.latency_ms.p50 > 0 && json.latency_ms.p50 <= json.latency_ms.p99);
});

Deno.test("200: without dates, the report covers 30 days, and without calls it has no latencies", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");

  const { json } = await world.api("GET", "/analytics/report", { token: await world.token(acme) });

  assert.deepEqual([json.series.length, json.series[0].date], [30, "2026-02-01"]);
  assert.deepEqual(json.latency_ms, { p50: null, p95: null, p99: null });
});

Deno.test("200: new events are in the next report at once", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const token = await world.token(acme);
  const events = async () => (await world.api("GET", "/analytics/report", { token })).json.totals.events;

  const seen = [await events()];
  for (const at of ["2026-03-01T10:00:00Z", "2026-03-02T08:00:00Z"]) {
    await addEvents(world, acme, [{ event: "opened", at }]);
    seen.push(await events());
  }

  assert.deepEqual(seen, [0, 1, 2]);
});

Deno.test("200: days are the workspace's, and a moment stands for its day", async () => {
  await using world = await World.open();
  const acme = await inTimeZone(world, await world.company("acme"), "Asia/Tokyo");
  await addEvents(world, acme, [{ event: "opened", userId: "mei", at: "2026-02-24T16:00:00Z" }]);

  const { json } = await world.api("GET", "/analytics/report?start=2026-02-24T16:00:00Z&end=2026-02-25", {
    token: await world.token(acme),
  });

  assert.deepEqual(json.series, [{ date: "2026-02-25", events: 1, active_users: 1, api_calls: 0 }]);
});

Deno.test("200: each report is also CSV", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await someEvents(world, acme);
  const csv = async (path: string) => {
    const token = await world.token(acme);
    return (await world.api("GET", path, { token, headers: { Accept: "text/csv" } })).text.split("\r\n");
  };

  const report = await csv("/analytics/report?start=2026-02-24&end=2026-02-25");
  const steps = await csv("/analytics/funnel?steps=opened,saved&start=2026-02-24");

  assert.deepEqual(report, [
    "date,events,active_users,api_calls",
    "2026-02-24,3,1,0",
    "2026-02-25,3,1,0",
    "",
  ]);
  assert.deepEqual(steps, ["event,people,share", "opened,3,1", "saved,2,0.6666666666666666", ""]);
});

Deno.test("200: a funnel follows the order of time and then of arrival, within its window", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await someEvents(world, acme);
  const token = await world.token(acme);
  const people = async (query: string) => {
    const { json } = await world.api("GET", `/analytics/funnel?start=2026-02-24&${query}`, { token });
    return json.steps.map((step: { people: number }) => step.people);
  };

  assert.deepEqual(await people("steps=opened,saved,shared"), [3, 2, 1]);
  assert.deepEqual(await people("steps=opened&steps=shared&window_hours=1"), [3, 0]);
  assert.deepEqual(await people("steps=saved,opened"), [2, 0]);
  assert.deepEqual(await people("steps=opened,opened"), [3, 0]);
});

Deno.test("200: retention counts who came back in later weeks, by the week of their first day", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await someEvents(world, acme);

  const { json } = await world.api("GET", "/analytics/retention?start=2026-02-09&end=2026-03-01", {
    token: await world.token(acme),
  });

  assert.deepEqual(json.cohorts, [
    { week: "2026-02-09", people: 1, active: [1, 0, 1] },
    { week: "2026-02-16", people: 0, active: [0, 0] },
    { week: "2026-02-23", people: 2, active: [2] },
  ]);
});

Deno.test("200: active users of a week and of four weeks are people, also across the end of a month", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await someEvents(world, acme);

  const { json } = await world.api("GET", "/analytics/active-users?start=2026-02-26&end=2026-03-10", {
    token: await world.token(acme),
  });

  assert.deepEqual(json.series[0], { date: "2026-02-26", daily: 1, weekly: 3, monthly: 3 });
  assert.deepEqual(json.series[5], { date: "2026-03-03", daily: 0, weekly: 2, monthly: 3 });
  assert.deepEqual(json.series[12], { date: "2026-03-10", daily: 0, weekly: 0, monthly: 3 });
});

Deno.test("200: a breakdown counts events and people by the values of a property", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await someEvents(world, acme);

  const { json } = await world.api(
    "GET",
    "/analytics/breakdown?event=opened&property=device&start=2026-02-01",
    {
      token: await world.token(acme),
    },
  );

  assert.deepEqual(json.values, [
    { value: "phone", events: 2, people: 1 },
    { value: null, events: 2, people: 1 },
    { value: "laptop", events: 1, people: 1 },
  ]);
});

Deno.test("403: funnels and the like need a plan with advanced analytics, and every report a permission", async () => {
  await using world = await World.open();
  const small = await world.company("small", "Small Ltd", undefined, "team");
  const token = await world.token(small);
  const paths = ["funnel?steps=a,b", "retention", "breakdown?event=a&property=b", "active-users"];

  const answers = await Promise.all(paths.map((path) => world.api("GET", `/analytics/${path}`, { token })));
  const report = await world.api("GET", "/analytics/report", { token });

  assert.deepEqual(
    answers.map(({ status, json }) => [status, json.type.split("/").at(-1)]),
    paths.map(() => [403, "feature-not-in-plan"]),
  );
  assert.equal(report.status, 200);
});

Deno.test("422: a report says what is wrong with its period, its steps or its property", async () => {
  await using world = await World.open();
  const token = await world.token(await world.company("acme"));
  const errors = async (path: string) => {
    const { status, json } = await world.api("GET", `/analytics/${path}`, { token });
    return [status, json.errors?.map(({ field }: { field: string }) => field)];
  };

  assert.deepEqual(await errors("report?start=2026-03-02&end=2026-03-01"), [422, ["end"]]);
  assert.deepEqual(await errors("report?start=2025-03-01&end=2026-03-02"), [422, ["start"]]);
  assert.deepEqual(await errors("report?start=yesterday"), [422, ["start"]]);
  assert.deepEqual(await errors("report?start=0000-01-05&end=0000-01-10"), [422, ["start", "end"]]);
  for (
    const report of ["funnel?steps=a,b&", "breakdown?event=a&property=b&", "retention?", "active-users?"]
  ) {
    assert.deepEqual(
      await errors(`${report}start=9999-12-01&end=9999-12-31`),
      [422, ["start", "end"]],
      report,
    );
  }
  assert.deepEqual(await errors("funnel?steps=opened"), [422, ["steps"]]);
  assert.deepEqual(await errors("funnel?steps=a,b&window_hours=0"), [422, ["window_hours"]]);
  assert.deepEqual(await errors("breakdown?event=opened"), [422, ["property"]]);
});
