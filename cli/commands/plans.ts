import type { Command } from "@commander-js/extra-typings";
import { applyCatalog, diffCatalog, listPlanVersions, type PlanVersion } from "../../src/billing/catalog.ts";
import type { CatalogChange } from "../../src/billing/gateway/gateway.ts";
import { formatMoney } from "../../src/billing/money.ts";
import { CommandFailure } from "../options.ts";
import { createOutput } from "../output.ts";
import { withSystem } from "../session.ts";

const IN_STEP = "The payment gateway is in step with the plans. Nothing to do.";

export function define(plans: Command): void {
  plans.command("list").description("Lists every version of every plan with its prices and limits.")
    .option("--json", "print JSON")
    .action(async ({ json }) => {
      const versions = await withSystem((ctx) => Promise.resolve(listPlanVersions(ctx)));
      createOutput(json === true).data(json ? versions.map(toJson) : versions.map(toRow));
    });

  plans.command("diff").description("Shows what plans sync would change at the payment gateway.")
    .option("--json", "print JSON")
    .action(async ({ json }) => {
      const output = createOutput(json === true);
      const changes = await withSystem(diffCatalog);
      output.data(changes.map(toChange));
      if (changes.length === 0) output.note(IN_STEP);
    });

  plans.command("sync").description("Writes products, prices and meters to the payment gateway.")
    .option("--yes", "skip the confirmation")
    .option("--json", "print JSON")
    .action(async ({ yes, json }) => {
      const output = createOutput(json === true);
      const applied = await withSystem(async (ctx) => {
        const changes = await diffCatalog(ctx);
        if (changes.length === 0) return changes;
        if (!yes) requireConfirmation(changes);
        await applyCatalog(ctx, changes);
        return changes;
      });
      output.data(applied.map(toChange));
      output.note(applied.length === 0 ? IN_STEP : "Done.");
    });
}

function requireConfirmation(changes: CatalogChange[]): void {
  if (!Deno.stdin.isTerminal()) {
    throw new CommandFailure("This writes to the payment gateway. Add --yes to skip the confirmation.");
  }
  for (const { action, kind, key, difference } of changes) {
    createOutput(false).note(`${action} ${kind} ${key}${difference ? ` (${difference})` : ""}`);
  }
  if (!confirm("Write this to the payment gateway?")) throw new CommandFailure("Canceled. Nothing changed.");
}

function toChange({ action, kind, key, difference }: CatalogChange) {
  return { action, kind, key, difference };
}

function toJson({ plan, version, isSold, priceMonthly, priceYearly, trialDays, limits }: PlanVersion) {
  return {
    plan,
    version,
    sold: isSold,
    price_monthly: priceMonthly,
    price_yearly: priceYearly,
    currency: "usd",
    trial_days: trialDays,
    limits,
  };
}

function toRow({ plan, version, isSold, priceMonthly, priceYearly, trialDays, limits }: PlanVersion) {
  return {
    plan,
    version,
    sold: isSold,
    monthly: priceOf(priceMonthly),
    yearly: priceOf(priceYearly),
    trial_days: trialDays,
    ...Object.fromEntries(Object.entries(limits).map(([key, limit]) => [key, limit ?? "unlimited"])),
  };
}

function priceOf(amount: number | null): string {
  return amount === null ? "by agreement" : formatMoney({ amount, currency: "usd" });
}
