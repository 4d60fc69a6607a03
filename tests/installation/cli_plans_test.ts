import assert from "node:assert/strict";
import { startEmbedded } from "../../db/embedded/embedded.ts";
import { ManualClock } from "../support/clock.ts";
import { newDataFolder } from "../support/database.ts";
import { CATALOG } from "../support/gateway_bench.ts";
import { bundledCli as cli, type Outcome } from "../support/process.ts";
import { StripeDouble } from "../support/stripe/double.ts";

/** Protects: an operator lists the plans and brings Stripe in step with them, and doing so again changes nothing. */

Deno.test("plans list, diff and sync", async (t) => {
  const folder = await newDataFolder();
  await using double = new StripeDouble({ clock: new ManualClock(), metrics: CATALOG.metrics });
  const run = (variables: Record<string, string>, ...args: string[]) =>
    cli({ DATA_DIR: folder, ...variables }, ...args);
  json(await run({}, "setup", "--admin-email", "root@example.com", "--json"));
  const embedded = await startEmbedded(folder); // so that commands needn't open it
  try {
    await t.step("list shows every version with its prices and limits", async () => {
      const plans = json(await run({}, "plans", "list", "--json"));
      const table = await run({}, "plans", "list");

      const { limits, ...team } = plans.find(({ plan }: { plan: string }) => plan === "team");
      assert.deepEqual(team, {
        plan: "team",
        version: 1,
        sold: true,
        price_monthly: 29_00,
        price_yearly: 290_00,
        currency: "usd",
        trial_days: 14,
      });
      assert.deepEqual([limits.projects, limits.compute_minutes, limits.api_calls], [50, 1_000, 500_000]);
      assert.match(table.stdout, /\$29\.00.*\$290\.00/);
      assert.match(table.stdout, /by agreement/);
    });

    await t.step("on the sandbox there is nothing to do", async () => {
      const diff = await run({}, "plans", "diff", "--json");
      const sync = await run({}, "plans", "sync");

      assert.deepEqual(json(diff), []);
      assert.equal(sync.code, 0);
      assert.match(sync.stderr, /Nothing to do/);
    });

    await t.step("sync asks first, writes what diff shows, and then finds nothing to do", async () => {
      const diff = json(await run(double.variables, "plans", "diff", "--json"));
      const asked = await run(double.variables, "plans", "sync");
      const before = double.catalog.prices.size;
      const applied = json(await run(double.variables, "plans", "sync", "--yes", "--json"));
      const again = json(await run(double.variables, "plans", "sync", "--yes", "--json"));

      assert.equal(asked.code, 1);
      assert.match(asked.stderr, /Add --yes/);
      assert.equal(before, 0);
      assert.deepEqual(applied, diff);
      assert.deepEqual(applied[0], { action: "create", kind: "product", key: "team", difference: null });
      assert.deepEqual(again, []);
      assert.equal(double.catalog.prices.size, 8);
    });

    await t.step("a price that differs is refused, with what to do", async () => {
      double.catalog.prices.get("price_team_v1_monthly_usd")!.unit_amount = 25_00;

      const { code, stderr } = await run(double.variables, "plans", "sync", "--yes");

      assert.equal(code, 1);
      assert.match(stderr, /team_v1_monthly_usd: amount: 2500 -> 2900\. Add a version of the plan/);
    });

    await t.step("when Stripe can't be reached, the command says so", async () => {
      const { code, stderr } = await run(
        { ...double.variables, STRIPE_URL: "http://127.0.0.1:9" },
        "plans",
        "diff",
      );

      assert.equal(code, 1);
      assert.match(stderr, /The payment provider doesn't answer/);
    });
  } finally {
    await embedded.close();
    await Deno.remove(folder, { recursive: true });
  }
});

function json({ code, stdout, stderr }: Outcome) {
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout);
}
