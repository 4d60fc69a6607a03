import { ensureAccount } from "../../src/billing/accounts.ts";
import type { Life } from "../../src/billing/engine/engine.ts";
import type { Catalog, Gateway } from "../../src/billing/gateway/gateway.ts";
import { sandboxOf } from "../../src/billing/gateway/open.ts";
import { StripeGateway } from "../../src/billing/gateway/stripe/stripe.ts";
import { COMPUTE_MINUTES, toCatalogMetric } from "../../src/billing/meter.ts";
import { PLAN_VERSIONS } from "../../src/billing/plans.ts";
import { newId } from "../../src/platform/ids.ts";
import { ManualClock } from "./clock.ts";
import { SECRET_KEY, StripeDouble, WEBHOOK_SECRET } from "./stripe/double.ts";
import { World } from "./world.ts";

export const CATALOG: Catalog = { plans: PLAN_VERSIONS, metrics: [toCatalogMetric(COMPUTE_MINUTES)] };

/** A gateway with its customers, and a clock that a test moves. */
export interface GatewayBench extends AsyncDisposable {
  readonly gateway: Gateway;
  readonly clock: ManualClock;
  /** An account that may have a customer. */
  newAccountId(): Promise<string>;
  /** What happens at the gateway without us: a customer pays, a bank disputes. */
  play<Result>(customerId: string, work: (life: Life) => Result): Promise<Result>;
}

export async function openSandboxBench(): Promise<GatewayBench> {
  const world = await World.open();
  const sandbox = sandboxOf(world.services)!;
  let companies = 0;
  return {
    gateway: sandbox,
    clock: world.clock,
    async newAccountId() {
      const { tenant } = await world.company(`company${++companies}`, undefined, undefined, "starter");
      const account = { tenantId: tenant.id, gateway: "sandbox", now: world.clock.now() } as const;
      return (await world.system.tx((tx) => ensureAccount(tx, account))).id;
    },
    play: (customerId, work) => sandbox.play(customerId, work),
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
}

/** The gateway against a double of Stripe, after `plans sync`. */
export async function openStripeBench(
  { timeout, isSynced = true, metrics = CATALOG.metrics }: {
    timeout?: number;
    isSynced?: boolean;
    metrics?: Catalog["metrics"];
  } = {},
): Promise<GatewayBench & { gateway: StripeGateway; double: StripeDouble }> {
  const clock = new ManualClock();
  const double = new StripeDouble({ clock, metrics });
  const gateway = stripeGateway(double, timeout);
  const catalog = { ...CATALOG, metrics };
  if (isSynced) await gateway.applyCatalog(catalog, await gateway.diffCatalog(catalog));
  return {
    gateway,
    double,
    clock,
    newAccountId: () => Promise.resolve(newId()),
    play: (customerId, work) => double.play(customerId, work),
    [Symbol.asyncDispose]: () => double[Symbol.asyncDispose](),
  };
}

/** The gateway of one process, which knows nothing yet. */
export function stripeGateway(double: StripeDouble, timeout?: number): StripeGateway {
  return new StripeGateway({
    secretKey: SECRET_KEY,
    webhookSecret: WEBHOOK_SECRET,
    url: new URL(double.origin),
    isLive: false,
    clock: double.options.clock,
    metrics: double.options.metrics,
    ...(timeout === undefined ? {} : { timeout }),
  });
}
