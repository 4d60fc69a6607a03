import assert from "node:assert/strict";
import { callsOf } from "../../src/analytics/api_calls.ts";
import { dayOf } from "../../src/analytics/days.ts";
import { gaugesWith, pastGauges } from "../../src/analytics/gauges.ts";

/** Protects: the dashboard compares a month with the same days of the month before, and knows what wasn't measured. */

const CURRENT = { projects: 24, members: 8, storage_bytes: 1_000 };

Deno.test("this month's API calls are compared with the same days of the month before", () => {
  const usage = [
    { day: "2026-02-01", calls: 10 },
    { day: "2026-02-10", calls: 5 },
    { day: "2026-02-11", calls: 1_000 },
    { day: "2026-03-01", calls: 30 },
    { day: "2026-03-10", calls: 6 },
  ];

  const { thisMonth, monthBefore, daily } = callsOf(usage, new Date("2026-03-10T15:00:00Z"), 30);

  assert.deepEqual([thisMonth, monthBefore.calls], [36, 15]);
  assert.deepEqual([dayOf(monthBefore.from), dayOf(monthBefore.until)], ["2026-02-01", "2026-02-10"]);
  assert.deepEqual([daily.length, daily[0]!.day, daily.at(-1)], [30, "2026-02-09", {
    day: "2026-03-10",
    calls: 6,
  }]);
  assert.equal(daily[3]!.calls, 0);
});

Deno.test("the last days of a long month are compared with the whole shorter month before", () => {
  const usage = [{ day: "2026-02-28", calls: 7 }, { day: "2026-03-01", calls: 2 }];

  const { thisMonth, monthBefore } = callsOf(usage, new Date("2026-03-31T09:00:00Z"), 30);

  assert.deepEqual([thisMonth, monthBefore.calls, dayOf(monthBefore.until)], [2, 7, "2026-02-28"]);
});

Deno.test("a figure starts the month with its last measurement, and a missed day stays missing", () => {
  const measured = [
    { day: "2026-02-26", metric: "projects", value: 20 },
    { day: "2026-02-26", metric: "members", value: 5 },
    { day: "2026-03-01", metric: "projects", value: 22 },
  ];

  const past = pastGauges(measured, new Date("2026-03-03T09:00:00Z"), 4);
  const { projects, members, storage_bytes } = gaugesWith(CURRENT, past, "2026-03-03");

  assert.deepEqual([projects.value, projects.before], [24, 20]);
  assert.deepEqual(projects.daily, [
    { day: "2026-02-28", value: null },
    { day: "2026-03-01", value: 22 },
    { day: "2026-03-02", value: null },
    { day: "2026-03-03", value: 24 },
  ]);
  assert.deepEqual([members.before, storage_bytes.before], [5, null]);
});
