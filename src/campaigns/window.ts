import { HOUR } from "../platform/clock.ts";
import { chosenZone } from "../tenancy/time_zones.ts";
import type { Tenant } from "../tenancy/tenant.ts";
import type { Campaign } from "./campaign.ts";

/**
 * How long until emails may go out, in milliseconds. 0: they may now. A window such as 22 to 6 spans midnight, and one from 24 to 0 is
 * the whole day.
 */
export function untilWindow(
  { timeZones }: Pick<Tenant, "timeZones">,
  { windowFrom, windowUntil }: Pick<Campaign, "windowFrom" | "windowUntil">,
  now: Date,
): number {
  if (windowFrom === null || windowUntil === null) return 0;
  const from = windowFrom % 24;
  const local = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(
    chosenZone(timeZones),
  );
  const isOpen = from < windowUntil
    ? local.hour >= from && local.hour < windowUntil
    : local.hour >= from || local.hour < windowUntil;
  if (isOpen) return 0;
  const hoursAhead = (from - local.hour + 24) % 24;
  const opening = local.round({ smallestUnit: "hour", roundingMode: "floor" }).add({ hours: hoursAhead });
  return Math.min(Math.max(opening.epochMilliseconds - now.getTime(), 1), 24 * HOUR);
}
