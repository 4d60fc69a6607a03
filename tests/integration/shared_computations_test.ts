// Protects: 100 requests that wait for the same figures cost the database as much as one or two.
import assert from "node:assert/strict";
import { readSeries } from "../../src/analytics/series.ts";
import { measureStorage } from "../../src/analytics/storage.ts";
import { getFeatureStatus } from "../../src/billing/feature_status.ts";
import { setOverride } from "../../src/billing/overrides.ts";
import type { MemberContext } from "../../src/context.ts";
import { createProject } from "../../src/projects/projects.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import { TENANTS } from "../../src/tenancy/tenant_directory.ts";
import { WEBHOOKS } from "../../src/webhooks/permissions.ts";
import { StatementLog } from "../support/statement_log.ts";
import { type Company, World } from "../support/world.ts";

const CALLERS = Array.from({ length: 100 });
const PROJECT = { name: "Gripper", description: "", status: "active" as const };

Deno.test("features, limits and metrics", async (t) => {
  await using statements = new StatementLog();
  await using world = await World.open({}, { through: (address) => statements.through(address) });
  const acme = await world.company("acme", "Acme", undefined, "team");
  const status = (key: string) => getFeatureStatus(acme.ctx, key);
  const selects = async (work: () => Promise<unknown>) =>
    (await statements.during(work)).filter((statement) => /^(select|with)\b(?! 1$)/i.test(statement)).length;

  await t.step("a feature costs no query", async () => {
    assert.equal(await selects(() => Promise.all(CALLERS.map(() => status("webhooks")))), 0);
  });

  await t.step("100 who ask for a limit or a metric share two readings", async () => {
    for (const key of ["projects", "compute_minutes"]) {
      const one = await selects(() => status(key));
      const all = await selects(() => Promise.all(CALLERS.map(() => status(key))));

      assert.ok(one > 0 && all === 2 * one, `${key}: ${one}, then ${all}`);
    }
  });

  await t.step("nobody gets a count from before the question", async () => {
    const early = status("projects");
    await createProject(acme.ctx, PROJECT);
    const late = await status("projects");
    await early;

    assert.equal(late.used, 1);
  });

  await t.step("a changed plan or override counts at once, also for those who share", async () => {
    const shared = status("projects");
    await setOverride(await openTenant(world.system, acme.tenant.id), {
      key: "projects",
      value: "7",
      until: null,
    });
    await setOverride(await openTenant(world.system, acme.tenant.id), {
      key: WEBHOOKS.key,
      value: "no",
      until: null,
    });
    const now = await current(world, acme);

    assert.equal((await getFeatureStatus(now, "projects")).limit, 7);
    assert.equal((await getFeatureStatus(now, WEBHOOKS.key)).allowed, false);
    assert.notEqual((await shared).limit, 7);
  });
});

Deno.test("100 dashboards measure the storage and read the charts once", async () => {
  await using statements = new StatementLog();
  await using world = await World.open({}, { through: (address) => statements.through(address) });
  const acme = await world.company("acme");
  const now = world.clock.now();

  const sent = await statements.during(() =>
    Promise.all(CALLERS.flatMap(() => [measureStorage(acme.ctx), readSeries(acme.ctx, now, 30)]))
  );

  const having = (text: string) => sent.filter((statement) => statement.includes(text)).length;
  assert.deepEqual([having("pg_total_relation_size"), having("api_usage"), having("daily_metrics")], [
    1,
    1,
    1,
  ]);
});

/** The owner's context with the tenant as it is now. */
async function current(world: World, { tenant, owner }: Company): Promise<MemberContext> {
  return world.acting((await world.services.use(TENANTS).findById(tenant.id))!, owner, "owner");
}
