import type { BillingCycle } from "./prices.ts";

const UTC = "UTC";
export const MONTHS: Readonly<Record<BillingCycle, number>> = { monthly: 1, yearly: 12 };

/**
 * When period number `index` (from 0) of a subscription starts. Every start is counted from the anchor, never from the start before, so
 * that 31 January leads to 28 February and then to 31 March.
 */
export function periodStart(anchor: Date, cycle: BillingCycle, index: number): Date {
  const start = Temporal.Instant.fromEpochMilliseconds(anchor.getTime()).toZonedDateTimeISO(UTC)
    .add({ months: index * MONTHS[cycle] });
  return new Date(start.epochMilliseconds);
}

/** The number of the period that contains `moment`, and its limits. A period contains its start and not its end. */
export function periodAt(anchor: Date, cycle: BillingCycle, moment: Date): Period & { index: number } {
  let index = Math.max(0, monthsBetween(anchor, moment) / MONTHS[cycle] | 0);
  while (index > 0 && periodStart(anchor, cycle, index) > moment) index--;
  while (periodStart(anchor, cycle, index + 1) <= moment) index++;
  return { index, start: periodStart(anchor, cycle, index), end: periodStart(anchor, cycle, index + 1) };
}

export type Period = { start: Date; end: Date };

function monthsBetween(from: Date, to: Date): number {
  return (to.getUTCFullYear() - from.getUTCFullYear()) * 12 + to.getUTCMonth() - from.getUTCMonth();
}
