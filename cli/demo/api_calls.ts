import { dayOf } from "../../src/analytics/days.ts";
import { CALL_COUNTER } from "../../src/api_access/call_counter.ts";
import { CALL_LOG, logCall } from "../../src/api_access/call_log.ts";
import type { TenantContext } from "../../src/context.ts";
import type { User } from "../../src/identity/users.ts";
import { after, DAY, MINUTE, SECOND } from "../../src/platform/clock.ts";
import { newIdAt } from "../../src/platform/ids.ts";
import type { Services } from "../../src/ports.ts";

const DAYS = 30;
const MOST_CALLS_A_DAY = 60;

/** What Northwind's programs call: method, endpoint, typical milliseconds, and how the call ends if it fails. */
const OPERATIONS = [
  ["GET", "/projects", 8, 200, 429, "rate_limited"],
  ["GET", "/projects/{id}", 5, 200, 404, "project_not_found"],
  ["POST", "/projects", 21, 201, 422, "fields_invalid"],
  ["GET", "/projects", 9, 200, 503, "database_unreachable"],
  ["PATCH", "/projects/{id}", 17, 200, 412, "version_outdated"],
  ["GET", "/members", 11, 200, 403, "permission_missing"],
] as const;
const ONE_IN_FAILS = 17;

/** Writes all calls that are still in memory. */
export async function flushCalls({ use }: Pick<Services, "use">): Promise<void> {
  await Promise.all([use(CALL_LOG).flush(), use(CALL_COUNTER).flush()]);
}

/** A month of calls by members, up to now. */
export async function addMonthOfCalls(
  { services, tenant }: TenantContext,
  callers: Pick<User, "id" | "name">[],
): Promise<void> {
  for (let number = 0; number < DAYS * MOST_CALLS_A_DAY; number++) {
    const [age, place] = [Math.floor(number / MOST_CALLS_A_DAY), number % MOST_CALLS_A_DAY];
    if (place >= callsBefore(age)) continue;
    const mixed = number * 2_654_435_761 % 4_096;
    const [method, endpoint, typical, success, failure, errorCode] = OPERATIONS[mixed % OPERATIONS.length]!;
    const isFailure = mixed % ONE_IN_FAILS === 0;
    const { id, name } = callers[mixed % 5 % callers.length]!;
    const at = after(services.clock.now(), -age * DAY - place * MINUTE - mixed % 60 * SECOND);
    logCall(services, {
      id: newIdAt(at),
      tenantId: tenant.id,
      ipAddress: "203.0.113.24",
      actor: { type: "member", id, name },
      method,
      endpoint,
      status: isFailure ? failure : success,
      errorCode: isFailure ? errorCode : null,
      milliseconds: typical * (0.7 + mixed % 100 / 100) * (mixed % 41 === 0 ? 9 : 1),
    });
  }
  await flushCalls(services);
}

/** The calls on the day `age` days ago: fewer on weekends, growing slowly. */
function callsBefore(age: number): number {
  const isWeekend = age % 7 === 2 || age % 7 === 3;
  return Math.round((MOST_CALLS_A_DAY - age + age * 37 % 11 - 8) * (isWeekend ? 0.4 : 1));
}

/** The calls of a workspace's API on each of the days before `end`: fewer on weekends, growing by a half. */
export function apiUsageDays(end: Date, days: number, callsADay: number): { day: string; calls: number }[] {
  return Array.from({ length: days }, (_, index) => {
    const at = after(end, -(days - 1 - index) * DAY);
    const isWeekend = at.getUTCDay() % 6 === 0;
    const growth = 0.75 + index / days / 2 + (index * 2_654_435_761 % 97) / 400;
    return { day: dayOf(at), calls: Math.round(callsADay * growth * (isWeekend ? 0.4 : 1)) };
  });
}
