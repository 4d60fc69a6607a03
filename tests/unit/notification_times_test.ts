import assert from "node:assert/strict";
import { DEFAULT_TIMES, endOfQuiet, nextDigest } from "../../src/notifications/times.ts";

/** Protects: quiet hours and daily emails follow the person's own clock, also when it is changed. */

const NIGHT = { from: 22 * 60, until: 7 * 60 };

function endIn(timeZone: string, at: string, quiet = NIGHT): string {
  return endOfQuiet({ timeZone, quiet, isDigest: false }, new Date(at)).toISOString();
}

function digestIn(timeZone: string, at: string): string {
  return nextDigest({ ...DEFAULT_TIMES, timeZone }, new Date(at)).toISOString();
}

Deno.test("at night someone is told in the morning, and by day at once", () => {
  assert.equal(endIn("UTC", "2026-03-02T23:30:10.500Z"), "2026-03-03T07:00:00.000Z");
  assert.equal(endIn("UTC", "2026-03-03T06:59:59.999Z"), "2026-03-03T07:00:00.000Z");
  assert.equal(endIn("UTC", "2026-03-03T07:00:00.000Z"), "2026-03-03T07:00:00.000Z");
  assert.equal(endIn("UTC", "2026-03-03T21:59:59.999Z"), "2026-03-03T21:59:59.999Z");
  assert.equal(endIn("UTC", "2026-03-03T22:00:00.000Z"), "2026-03-04T07:00:00.000Z");
});

Deno.test("quiet hours can be within a day, and the same two times mean none", () => {
  const lunch = { from: 12 * 60, until: 13 * 60 };

  assert.equal(endIn("UTC", "2026-03-02T12:30:00Z", lunch), "2026-03-02T13:00:00.000Z");
  assert.equal(endIn("UTC", "2026-03-02T13:00:00Z", lunch), "2026-03-02T13:00:00.000Z");
  assert.equal(
    endIn("UTC", "2026-03-02T12:30:00Z", { from: 60, until: 60 }),
    "2026-03-02T12:30:00.000Z",
  );
  assert.equal(
    endOfQuiet(DEFAULT_TIMES, new Date("2026-03-02T03:00:00Z")).toISOString(),
    "2026-03-02T03:00:00.000Z",
  );
});

Deno.test("the hours are those of the person's time zone", () => {
  assert.equal(endIn("America/New_York", "2026-03-03T04:00:00Z"), "2026-03-03T12:00:00.000Z");
  assert.equal(endIn("Asia/Kathmandu", "2026-03-02T20:00:00Z"), "2026-03-03T01:15:00.000Z");
});

Deno.test("a night in which clocks change ends at the same time by the clock", () => {
  assert.equal(
    endIn("Europe/Berlin", "2026-03-28T22:30:00Z"),
    "2026-03-29T05:00:00.000Z",
    "a night of 8 hours",
  );
  assert.equal(
    endIn("Europe/Berlin", "2026-10-24T21:30:00Z"),
    "2026-10-25T06:00:00.000Z",
    "a night of 10 hours",
  );
});

Deno.test("a daily email is sent at eight, on the next day if it is past eight", () => {
  assert.equal(digestIn("UTC", "2026-03-02T07:59:00Z"), "2026-03-02T08:00:00.000Z");
  assert.equal(digestIn("UTC", "2026-03-02T08:00:00Z"), "2026-03-03T08:00:00.000Z");
  assert.equal(digestIn("America/Havana", "2026-03-07T20:00:00Z"), "2026-03-08T12:00:00.000Z");
  assert.equal(digestIn("Europe/Berlin", "2026-10-24T12:00:00Z"), "2026-10-25T07:00:00.000Z");
});
