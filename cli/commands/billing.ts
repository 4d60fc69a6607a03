import type { Command } from "@commander-js/extra-typings";
import { z } from "zod";
import { accessOf } from "../../src/billing/access.ts";
import { type BillingAccount, findAccount, timeOf } from "../../src/billing/accounts.ts";
import { reconcile, settleAccount } from "../../src/billing/due_accounts.ts";
import { sandboxOf } from "../../src/billing/gateway/open.ts";
import { extendTrial, trialExtension } from "../../src/billing/grants.ts";
import { syncAccount } from "../../src/billing/sync.ts";
import type { SystemContext } from "../../src/context.ts";
import { DAY } from "../../src/platform/clock.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import type { Tenant } from "../../src/tenancy/tenant.ts";
import { getTenant } from "../../src/tenancy/tenants.ts";
import { CommandFailure, parseOptions } from "../options.ts";
import { createOutput } from "../output.ts";
import { withSystem } from "../session.ts";

const MAX_DAYS = 800;
const advanceOptions = z.object({ days: z.coerce.number().int().min(1).max(MAX_DAYS) });

export function define(billing: Command): void {
  billing.command("show <tenant>").description("Shows a tenant's plan, and why it has it.")
    .option("--json", "print JSON")
    .action(async (name, { json }) => {
      const output = createOutput(json === true);
      output.data(
        await withSystem(async (ctx) => {
          const tenant = await getTenant(ctx, name);
          const account = await findAccount(ctx.control, tenant.id);
          return account ? rowOf(ctx, account) : withoutAccount(ctx, tenant);
        }),
      );
    });

  billing.command("sync <tenant>").description("Asks the payment gateway, and applies what it says.")
    .option("--json", "print JSON")
    .action(async (name, { json }) => {
      const output = createOutput(json === true);
      output.data(
        await withSystem(async (ctx) => {
          await syncAccount(ctx.services, (await accountOf(ctx, name)).id);
          return rowOf(ctx, await accountOf(ctx, name));
        }),
      );
    });

  billing.command("reconcile").description("Syncs every tenant that has a customer at the gateway.")
    .option("--json", "print JSON")
    .action(async ({ json }) => {
      const counts = await withSystem((ctx) => reconcile(ctx.services));
      createOutput(json === true).data(counts);
      if (counts.failed > 0) throw new CommandFailure(`${counts.failed} tenants could not be synced.`);
    });

  billing.command("extend-trial <tenant>").description("Moves the end of a tenant's trial.")
    .requiredOption("--days <days>", "by so many days")
    .option("--json", "print JSON")
    .action(async (name, { json, ...options }) => {
      const wanted = parseOptions(trialExtension, options);
      const output = createOutput(json === true);
      output.data(
        await withSystem(async (ctx) => {
          await extendTrial(await openTenant(ctx, (await getTenant(ctx, name)).id), wanted);
          return rowOf(ctx, await accountOf(ctx, name));
        }),
      );
    });

  billing.command("advance <tenant>").description(
    "Moves the sandbox's clock of a tenant forward, and lets everything happen that is due until then.",
  )
    .requiredOption("--days <days>", "by so many days")
    .option("--json", "print JSON")
    .action(async (name, { json, ...options }) => {
      const { days } = parseOptions(advanceOptions, options);
      const output = createOutput(json === true);
      output.data(await withSystem((ctx) => advance(ctx, name, days * DAY)));
    });
}

/** Stops at each moment at which something is due, so that everything happens at its own time. */
async function advance(ctx: SystemContext, name: string, milliseconds: number) {
  const sandbox = sandboxOf(ctx.services);
  if (!sandbox) {
    throw new CommandFailure("Only the sandbox's clock can be moved. Another gateway is configured.");
  }
  const account = await accountOf(ctx, name);
  if (!account.customerId) {
    throw new CommandFailure("The tenant has no customer in the sandbox. Open a checkout first.");
  }
  const steps: ReturnType<typeof rowOf>[] = [];
  let before = JSON.stringify(stateOf(ctx, account));
  for (let left = milliseconds; left > 0;) {
    left -= await sandbox.advance(account.customerId, left);
    await syncAccount(ctx.services, account.id);
    await settleAccount(ctx.services, account.id);
    const now = await accountOf(ctx, name);
    const after = JSON.stringify(stateOf(ctx, now));
    if (after !== before) steps.push(rowOf(ctx, now));
    before = after;
  }
  return steps.length > 0 ? steps : [rowOf(ctx, await accountOf(ctx, name))];
}

async function accountOf(ctx: SystemContext, name: string): Promise<BillingAccount> {
  const tenant = await getTenant(ctx, name);
  const account = await findAccount(ctx.control, tenant.id);
  if (!account) {
    throw new CommandFailure(`The tenant "${name}" has no billing account. It is on ${tenant.plan}.`);
  }
  return account;
}

/** The plan that a tenant was created with. It was never ordered or given, so it has no account and no end. */
function withoutAccount(ctx: SystemContext, { plan }: Tenant): ReturnType<typeof rowOf> {
  return {
    at: ctx.services.clock.now().toISOString(),
    plan,
    access: plan === "starter" ? "starter" : "full",
    source: "none",
    status: null,
    billing_cycle: null,
    current_period_end: null,
    plan_until: null,
    restricted_from: null,
    open_invoices: 0,
  };
}

function rowOf(ctx: SystemContext, account: BillingAccount) {
  return { at: timeOf(account, ctx.services.clock).toISOString(), ...stateOf(ctx, account) };
}

function stateOf(ctx: SystemContext, account: BillingAccount) {
  const { plan, access, source, planUntil, restrictedFrom } = accessOf(
    account,
    timeOf(account, ctx.services.clock),
  );
  return {
    plan,
    access,
    source,
    status: account.status,
    billing_cycle: account.billingCycle,
    current_period_end: account.currentPeriodEnd?.toISOString() ?? null,
    plan_until: planUntil?.toISOString() ?? null,
    restricted_from: restrictedFrom?.toISOString() ?? null,
    open_invoices: account.snapshot?.invoices.filter(({ status }) => status === "open").length ?? 0,
  };
}
