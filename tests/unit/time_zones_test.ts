// Protects: every moment is in exactly one day of a tenant's time zone, also when clocks change or the time zone does.
import { assert as property, constantFrom, date, property as forAll } from "fast-check";
import assert from "node:assert/strict";
import { addDays } from "../../src/analytics/days.ts";
import { HOUR } from "../../src/platform/clock.ts";
import {
  chosenZone,
  dayIn,
  startOfDayIn,
  timeZone,
  type TimeZonePeriod,
  withZone,
} from "../../src/tenancy/time_zones.ts";

const always = (zone: string): TimeZonePeriod[] => [{ zone, from: null }];
const hoursIn = (zones: TimeZonePeriod[], day: string) =>
  (startOfDayIn(zones, addDays(day, 1)).getTime() - startOfDayIn(zones, day).getTime()) / HOUR;

Deno.test("a day is 23 hours long when clocks go forward, even at midnight, and 25 when they go back", () => {
  assert.equal(hoursIn(always("America/Havana"), "2026-03-08"), 23);
  assert.equal(
    startOfDayIn(always("America/Havana"), "2026-03-08").toISOString(),
    "2026-03-08T05:00:00.000Z",
  );
  assert.equal(hoursIn(always("Europe/Berlin"), "2026-10-25"), 25);
  assert.equal(hoursIn(always("Europe/Berlin"), "2026-10-26"), 24);
});

Deno.test("without a choice, days are in UTC", () => {
  assert.equal(chosenZone([]), "UTC");
  assert.equal(dayIn([], new Date("2026-03-02T23:59:59Z")), "2026-03-02");
  assert.equal(startOfDayIn([], "2026-03-02").toISOString(), "2026-03-02T00:00:00.000Z");
});

Deno.test("another time zone holds from its next midnight, and days before stay as they were", () => {
  const zones = withZone([], "Europe/Berlin", new Date("2026-03-02T09:00:00Z"));

  assert.deepEqual(zones, [
    { zone: "UTC", from: null },
    { zone: "Europe/Berlin", from: new Date("2026-03-02T23:00:00Z") },
  ]);
  assert.equal(chosenZone(zones), "Europe/Berlin");
  assert.deepEqual(
    [hoursIn(zones, "2026-03-01"), hoursIn(zones, "2026-03-02"), hoursIn(zones, "2026-03-03")],
    [24, 23, 24],
  );
});

Deno.test("a choice that does not hold yet is replaced, or taken back", () => {
  const now = new Date("2026-03-02T09:00:00Z");
  const berlin = withZone([], "Europe/Berlin", now);

  const tokyo = withZone(berlin, "Asia/Tokyo", now);
  const back = withZone(tokyo, "UTC", now);

  assert.deepEqual(tokyo.map(({ zone }) => zone), ["UTC", "Asia/Tokyo"]);
  assert.deepEqual(back, [{ zone: "UTC", from: null }]);
});

Deno.test("every moment is in one day, and days follow each other, whatever the time zones and when they change", () => {
  const zones = constantFrom(
    "UTC",
    "America/Havana",
    "Europe/Berlin",
    "Asia/Kathmandu",
    "Pacific/Honolulu",
    "Pacific/Kiritimati",
    "Australia/Lord_Howe",
  );
  const moments = date({
    min: new Date("2026-02-20T00:00:00Z"),
    max: new Date("2026-11-20T00:00:00Z"),
    noInvalidDate: true,
  });
  property(forAll(zones, zones, moments, moments, (before, after, changed, moment) => {
    const periods = withZone(always(before), after, changed);

    const day = dayIn(periods, moment);

    assert.ok(startOfDayIn(periods, day) <= moment, "the day has started");
    assert.ok(startOfDayIn(periods, addDays(day, 1)) > moment, "the next day has not");
    assert.ok(
      startOfDayIn(periods, addDays(day, 1)) <= startOfDayIn(periods, addDays(day, 2)),
      "days are in order",
    );
  }));
});

Deno.test("a time zone is a name of the IANA database, not an offset", () => {
  const isValid = (name: string) => timeZone.safeParse(name).success;

  assert.deepEqual(["UTC", "Europe/Berlin", "Asia/Kolkata", "America/Argentina/Ushuaia"].map(isValid), [
    true,
    true,
    true,
    true,
  ]);
  assert.equal(timeZone.parse("europe/berlin"), "Europe/Berlin");
  assert.deepEqual(["", "+02:00", "Mars/Olympus", "Berlin", "../etc"].map(isValid), [
    false,
    false,
    false,
    false,
    false,
  ]);
});
