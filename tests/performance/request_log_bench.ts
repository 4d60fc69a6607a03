import { asc } from "drizzle-orm";
import { pause } from "../../db/connection/retry.ts";
import { tenants } from "../../db/control/schema/tenants.ts";
import { maintainPartitions } from "../../db/stream/partitions.ts";
import type { TenantId } from "../../db/ids.ts";
import type { ApiCall } from "../../src/api_access/api_call.ts";
import { CallCounter } from "../../src/api_access/call_counter.ts";
import { CallLog } from "../../src/api_access/call_log.ts";
import { SECOND } from "../../src/platform/clock.ts";
import { newId } from "../../src/platform/ids.ts";
import type { Services } from "../../src/ports.ts";
import { openFleet } from "./fleet.ts";
import { atLeast, type Figure, median, within } from "./measure.ts";
import { withAdmin } from "./removal.ts";
import { openSystem } from "./services.ts";

const TENANTS = 100;
const ENDPOINTS = 30;
/** Durations vary by a third. */
const BUCKETS = 4;
const SECONDS = 10;
const ROUNDS = 3;
/** Calls that are added without a pause. */
const BURST = 1_000;
const MOST_WAITING = 40_000;
const PLAIN_BATCH = 10_000;

/**
 * How many API calls a second one process writes to the request log: for 100 tenants with 30 endpoints each, with their histograms.
 * Beside it, the same rows in a plain table, without an index, row security or histograms.
 */
export async function benchRequestLog(adminUrl: string): Promise<Figure[]> {
  const fleet = await openFleet(TENANTS, adminUrl);
  const system = await openSystem(fleet.db);
  try {
    await maintainPartitions(fleet.db, system.services.clock.now());
    const rows = await system.control.select({ id: tenants.id }).from(tenants).orderBy(asc(tenants.id));
    const callers = rows.map(({ id }) => ({ tenantId: id, actorId: newId() }));
    const rates: number[] = [];
    const plainRates: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      plainRates.push(await rateOfPlainTable(fleet.adminUrl));
      rates.push(await rateOfLog(system.services, callers));
    }
    const [rate, plain] = [median(rates), median(plainRates)];
    return [
      within("API calls in the request log; in a plain table", "rows/s", rate, plain, { atLeast: 100_000 }),
      atLeast("request log, of a plain table without index", "rows/s", rate, plain, 0.25),
    ];
  } finally {
    await system.services.close();
    await fleet.close();
  }
}

type Caller = { tenantId: TenantId; actorId: string };

/** Adds calls as fast as the log writes them, for ten seconds, and waits until the last one is written. */
async function rateOfLog({ db, metrics }: Services, callers: Caller[]): Promise<number> {
  const [log, counter] = [new CallLog(db, metrics), new CallCounter(db)];
  const started = performance.now();
  let added = 0;
  while (performance.now() < started + SECONDS * SECOND) {
    if (log.waiting > MOST_WAITING) {
      await pause(1);
      continue;
    }
    const time = newId().slice(0, "0198c0de-9e4c-7".length);
    for (let call = 0; call < BURST; call++) {
      const next = callOf(callers, time, added++);
      log.add(next);
      counter.add(next);
    }
    await pause(0);
  }
  await Promise.all([log.close(), counter.close()]);
  return added / (performance.now() - started) * SECOND;
}

/** A call whose id has this time. Making a random id would take a fifth of the time, and a call brings its own. */
function callOf(callers: Caller[], time: string, number: number): ApiCall {
  const { tenantId, actorId } = callers[number % callers.length]!;
  return {
    id: `${time}000-8000-${number.toString(16).padStart(12, "0")}`,
    tenantId,
    actor: { type: "member", id: actorId, name: "Ada Lovelace" },
    method: "GET",
    endpoint: `/resources-${Math.floor(number / TENANTS) % ENDPOINTS}/{id}`,
    status: number % 50 === 0 ? 404 : 200,
    errorCode: number % 50 === 0 ? "resource_not_found" : null,
    ipAddress: "203.0.113.7",
    milliseconds: 5 * 1.1 ** (Math.floor(number / TENANTS / ENDPOINTS) % BUCKETS),
  };
}

/** Rows per second of the same size, 10,000 a statement. */
async function rateOfPlainTable(adminUrl: string): Promise<number> {
  return await withAdmin(adminUrl, async (admin) => {
    await admin`drop table if exists plain_requests`;
    await admin`create table plain_requests (tenant_id uuid, at timestamptz, id uuid, actor_id uuid, actor_kind text,
      actor_name text, method text, endpoint text, status smallint, duration_us integer, error_code text, ip_address text)`;
    const started = performance.now();
    let written = 0;
    while (performance.now() < started + SECONDS / 2 * SECOND) {
      const ids = Array.from({ length: PLAIN_BATCH }, () => newId());
      await admin.unsafe(
        `insert into plain_requests select id, now(), id, id, 'member', 'Ada Lovelace', 'GET', '/resources-12/{id}', 200, 5000,
          null, '203.0.113.7' from unnest($1::uuid[]) as id`,
        [`{${ids.join(",")}}`],
      );
      written += PLAIN_BATCH;
    }
    return written / (performance.now() - started) * SECOND;
  });
}
