import type { Currency, Money } from "../../../src/billing/money.ts";
import type { PlanKey } from "../../../src/billing/plans.ts";

/** How the billing pages show what `src/billing` declares. The route passes it on. */
export type BillingFormat = {
  /** "$29.00". */
  exact(money: Money): string;
  /** 29, for a chart. */
  whole(money: Money): number;
  /** "Team". */
  plan(plan: PlanKey): string;
};

/** The code that people know: "USD". */
export function codeOf(currency: Currency): string {
  return currency.toUpperCase();
}
