import assert from "node:assert/strict";
import type { ControlDb } from "../../db/connection/connect.ts";
import { UsageCounter } from "../../src/api_access/usage_counter.ts";
import { newId } from "../../src/platform/ids.ts";
import type { TenantId } from "../../src/tenancy/tenant.ts";
import { ManualClock } from "../support/clock.ts";

/** Protects: busy API calls share their writes. */

Deno.test("calls that come during a write gather for a moment, and share the next one", async () => {
  const tenant = newId<TenantId>();
  const held = Promise.withResolvers<void>();
  let writes = 0;
  const execute = () => ++writes === 1 ? held.promise : Promise.resolve();
  const usage = new UsageCounter({ execute } as unknown as ControlDb, new ManualClock());
  const first = usage.count(tenant);
  await until(() => writes === 1);
  const second = usage.count(tenant);
  held.resolve();
  await first;

  await Promise.all([second, usage.count(tenant)]);

  assert.equal(writes, 2);
  await usage.close();
});

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await Promise.resolve();
}
