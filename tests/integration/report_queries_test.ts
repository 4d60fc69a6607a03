// Protects: funnels, retention and active users are what a person would count from the events by hand.
import { array, assert as property, asyncProperty, constantFrom, integer, record } from "fast-check";
import assert from "node:assert/strict";
import { addDays } from "../../src/analytics/days.ts";
import { activeUsers } from "../../src/analytics/reports/active_users.ts";
import { funnel } from "../../src/analytics/reports/funnel.ts";
import { retention } from "../../src/analytics/reports/retention.ts";
import { HOUR } from "../../src/platform/clock.ts";
import { addEvents } from "../support/analytics.ts";
import { World } from "../support/world.ts";

type Done = { event: string; userId: string; at: Date };

const RANGE = { start: "2026-01-26", end: "2026-03-01" };
const RUNS = 12;

const event = constantFrom("a", "b", "c");
const userId = constantFrom("mei", "noa", "ana");
/** Around the range, and few moments of a day, so that many events have the same one. */
const days = integer({ min: -10, max: 40 });
const hours = constantFrom(0, 9, 23);
const scattered = array(
  record({ event, userId, day: days, hour: hours }),
  { minLength: 1, maxLength: 40 },
);

const toDone = (sent: { event: string; userId: string; day: number; hour: number }[]): Done[] =>
  sent.map(({ event, userId, day, hour }) => ({
    event,
    userId,
    at: new Date(Date.parse(`${addDays(RANGE.start, day)}T00:00:00Z`) + hour * HOUR),
  }));

Deno.test("a funnel counts whoever did the steps one after another, within the window", async () => {
  await using world = await World.open();
  let companies = 0;
  await property(
    asyncProperty(
      scattered,
      array(event, { minLength: 2, maxLength: 5 }),
      constantFrom(1, 24, 240),
      async (sent, steps, windowHours) => {
        const company = await world.company(`acme-${++companies}`);
        const done = toDone(sent);
        await addEvents(world, company, done);

        const result = await funnel(company.ctx, { ...RANGE, steps, windowHours });

        const reached = [...Map.groupBy(done, (each) => each.userId).values()]
          .map((own) => furthest(own, steps, windowHours * HOUR));
        const expected = steps.map((_, index) => reached.filter((count) => count > index).length);
        assert.deepEqual(result.steps.map(({ people }) => people), expected);
      },
    ),
    { numRuns: RUNS },
  );
});

Deno.test("active users of a day, a week and four weeks are counted once each", async () => {
  await using world = await World.open();
  let companies = 0;
  await property(
    asyncProperty(scattered, async (sent) => {
      const company = await world.company(`acme-${++companies}`);
      const done = toDone(sent);
      await addEvents(world, company, done);

      const { series } = await activeUsers(company.ctx, RANGE);

      for (const { date, daily, weekly, monthly } of series) {
        const expected = [1, 7, 28].map((window) => peopleBetween(done, addDays(date, 1 - window), date));
        assert.deepEqual([daily, weekly, monthly], expected, date);
      }
    }),
    { numRuns: RUNS },
  );
});

Deno.test("retention follows people by the week of their first day", async () => {
  await using world = await World.open();
  let companies = 0;
  await property(
    asyncProperty(scattered, async (sent) => {
      const company = await world.company(`acme-${++companies}`);
      const done = toDone(sent);
      await addEvents(world, company, done);

      const { cohorts } = await retention(company.ctx, RANGE); // from a Monday to a Sunday

      const people = [...Map.groupBy(done, (each) => each.userId).values()]
        .map((own) => new Set(own.map(({ at }) => weekOf(at)).sort()));
      for (const [index, { week, active }] of cohorts.entries()) {
        const cohort = people.filter(([first]) => first === addDays(RANGE.start, 7 * index));
        const expected = active.map((_, later) =>
          cohort.filter((weeks) => weeks.has(addDays(week, 7 * later))).length
        );
        assert.deepEqual(active, expected, week);
      }
      assert.equal(cohorts.length, 5);
    }),
    { numRuns: RUNS },
  );
});

/** How many of the steps a person reached at most, over all events that may begin a run. */
function furthest(own: Done[], steps: string[], window: number): number {
  const ordered = own.map((done, arrival) => ({ ...done, arrival }))
    .sort((one, other) => one.at.getTime() - other.at.getTime() || one.arrival - other.arrival);
  const runs = ordered.map((first, index) => {
    const day = dayOf(first.at);
    if (first.event !== steps[0] || day < RANGE.start || day > RANGE.end) return 0;
    let count = 1;
    for (const { event, at } of ordered.slice(index + 1)) {
      if (event === steps[count] && at.getTime() - first.at.getTime() <= window) count++;
    }
    return count;
  });
  return Math.max(...runs);
}

function peopleBetween(done: Done[], start: string, end: string): number {
  return new Set(done.filter(({ at }) => dayOf(at) >= start && dayOf(at) <= end).map(({ userId }) => userId))
    .size;
}

function weekOf(at: Date): string {
  return addDays(dayOf(at), -((at.getUTCDay() + 6) % 7));
}

function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10);
}
