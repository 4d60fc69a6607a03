// Periods are counted from the anchor, so that a short month never shortens the ones after it.
import { assert as property, constantFrom, date, integer, property as forAll } from "fast-check";
import assert from "node:assert/strict";
import { periodAt, periodStart } from "../../src/billing/calendar.ts";
import { currencyOf, formatMoney } from "../../src/billing/money.ts";
import { lookupKey, parseLookupKey } from "../../src/billing/prices.ts";

const day = (text: string) => new Date(`${text}T10:00:00Z`);
const days = (anchor: string, cycle: "monthly" | "yearly", periods: number[]) =>
  periods.map((period) => periodStart(day(anchor), cycle, period).toISOString().slice(0, 10));

Deno.test("S74 a month that starts on the 31st ends on the last day of shorter months, and comes back to the 31st", () => {
  assert.deepEqual(days("2026-01-31", "monthly", [1, 2, 3]), ["2026-02-28", "2026-03-31", "2026-04-30"]);
});

Deno.test("S74 a year that starts on 29 February comes back to it in leap years", () => {
  assert.deepEqual(days("2028-02-29", "yearly", [1, 2, 3, 4]), [
    "2029-02-28",
    "2030-02-28",
    "2031-02-28",
    "2032-02-29",
  ]);
});

Deno.test("S74 every period starts on the anchor's day and time, or on the last day of a month that is too short for it", () => {
  const anchors = date({ min: day("2024-01-01"), max: day("2040-01-01"), noInvalidDate: true });
  const MONTHS = { monthly: 1, yearly: 12 };
  property(
    forAll(
      anchors,
      integer({ min: 0, max: 240 }),
      constantFrom("monthly" as const, "yearly" as const),
      (anchor, index, cycle) => {
        const start = periodStart(anchor, cycle, index);

        const months = anchor.getUTCMonth() + index * MONTHS[cycle];
        const lastDay = new Date(Date.UTC(anchor.getUTCFullYear(), months + 1, 0)).getUTCDate();
        assert.equal(start.getUTCDate(), Math.min(anchor.getUTCDate(), lastDay));
        assert.equal(start.getUTCMonth(), months % 12);
        assert.equal(start.getTime() % 86_400_000, anchor.getTime() % 86_400_000);
      },
    ),
  );
});

Deno.test("every moment after the anchor is in exactly one period, and periods follow each other without a gap", () => {
  const moments = date({ min: day("2024-01-01"), max: day("2040-01-01"), noInvalidDate: true });
  property(
    forAll(
      moments,
      integer({ min: 0, max: 5_000 }),
      constantFrom("monthly", "yearly"),
      (anchor, days, cycle) => {
        const moment = new Date(anchor.getTime() + days * 86_400_000);

        const { index, start, end } = periodAt(anchor, cycle, moment);

        assert.ok(start <= moment && moment < end);
        assert.deepEqual(end, periodStart(anchor, cycle, index + 1));
        assert.deepEqual(start, periodStart(anchor, cycle, index));
      },
    ),
  );
});

Deno.test("amounts have the decimals that the gateway counts, and unknown currencies are refused", () => {
  assert.equal(formatMoney({ amount: 2_900, currency: "usd" }), "$29.00");
  assert.equal(formatMoney({ amount: 3_000, currency: "jpy" }), "¥3,000");
  assert.equal(formatMoney({ amount: 3_000, currency: "isk" }), "ISK\u00a030.00");
  assert.equal(formatMoney({ amount: 3_000, currency: "ugx" }), "UGX\u00a030.00");
  assert.equal(currencyOf("USD"), "usd");
  assert.throws(() => currencyOf("xts"), RangeError);
});

Deno.test("a lookup key names a price, and other keys name none", () => {
  const price = { plan: "team", version: 1, cycle: "yearly", currency: "usd" } as const;

  assert.equal(lookupKey(price), "team_v1_yearly_usd");
  assert.deepEqual(parseLookupKey("team_v1_yearly_usd"), price);
  for (
    const key of [
      "team_v2_yearly_usd",
      "enterprise_v1_yearly_usd",
      "team_v1_weekly_usd",
      "team_v1_yearly_xts",
      "other",
    ]
  ) {
    assert.equal(parseLookupKey(key), null, key);
  }
});
