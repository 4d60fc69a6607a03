import type { Currency } from "../../../src/billing/money.ts";

/** Formats an amount for the reader. `src/billing/money.ts` does it, and the route passes it on. */
export type FormatAmount = (amount: number, currency?: Currency) => string;
