import { type Wording, wording } from "../platform/wording.ts";
import type { CatalogMetric } from "./gateway/gateway.ts";
import type { Cents } from "./money.ts";
import { type ByPlan, ofVersion, PLAN_VERSIONS } from "./plans.ts";
import type { PaidPlan } from "./prices.ts";

/** What a plan includes of a metric in a month. `overage` is what each further unit costs; without it, there are none. */
export type Allowance = { readonly included: number | null; readonly overage?: Cents };

/** Something that programs report with `POST /usage`, and that plans include an amount of. */
export type Meter = {
  /** The API's name, such as `compute_minutes`. */
  readonly key: string;
  readonly label: Wording;
  readonly allowances: ByPlan<Allowance>;
};

/** Declares a metered metric. A feature lists its meters in its `feature.ts`. */
export function meter(
  key: string,
  { label, allowances }: { label: string; allowances: Meter["allowances"] },
): Meter {
  return { key, label: wording(`meter.${key}`, label), allowances };
}

/** The metric as the gateway bills it. */
export function toCatalogMetric({ key, label, allowances }: Meter): CatalogMetric {
  const overage = PLAN_VERSIONS.flatMap(({ key: plan, version }) => {
    const { included, overage: price } = ofVersion(allowances, plan, version);
    return price === undefined || included === null
      ? []
      : [{ plan: plan as PaidPlan, version, included, price }];
  });
  return { key, name: label.english, overage };
}

/** The sample of a metered metric. Replace it with what your product measures. */
export const COMPUTE_MINUTES = meter("compute_minutes", {
  label: "Compute minutes",
  allowances: {
    starter: { included: 100 },
    team: { included: 1_000, overage: 2 },
    premium: { included: 10_000, overage: 1 },
    enterprise: { included: null },
  },
});
