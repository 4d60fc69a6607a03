/** An amount in the smallest unit of US dollars. */
export type Cents = number;

/**
 * The digits after the decimal point of each currency, as the payment gateway counts them. `Intl` differs: it gives the Icelandic króna
 * and the Ugandan shilling no decimals, and Stripe counts two (https://docs.stripe.com/currencies#special-cases).
 */
const DECIMALS = { usd: 2, eur: 2, gbp: 2, jpy: 0, isk: 2, ugx: 2 } as const;

/** The currencies that amounts may be in. Prices are in US dollars until a plan declares a second price. */
export type Currency = keyof typeof DECIMALS;
export const CURRENCIES = Object.keys(DECIMALS) as readonly Currency[];

/** An integer number of the currency's smallest unit, as the API and the gateways count it. */
export type Money = { amount: number; currency: Currency };

/** The currency with this code, in upper or lower case. Throws a `RangeError` for a currency that isn't declared here. */
export function currencyOf(code: string): Currency {
  const currency = CURRENCIES.find((known) => known === code.toLowerCase());
  if (!currency) throw new RangeError(`src/billing/money.ts doesn't declare the currency "${code}".`);
  return currency;
}

/**
 * The amount that people typed, such as "29", "29.5" or "1,450.00", in the currency's smallest unit. Null if it is no amount, is negative, or
 * has more decimals than the currency.
 */
export function parseAmount(text: string, currency: Currency): number | null {
  const [, whole, decimals = ""] = /^(\d{1,3}(?:,\d{3})+|\d{1,9})(?:\.(\d+))?$/.exec(text.trim()) ?? [];
  const digits = DECIMALS[currency];
  if (whole === undefined || decimals.length > digits) return null;
  return Number(whole.replaceAll(",", "") + decimals.padEnd(digits, "0"));
}

/** The amount as people type it, such as "29.00", without a sign of the currency. */
export function typedAmount({ amount, currency }: Money): string {
  return (amount / 10 ** DECIMALS[currency]).toFixed(DECIMALS[currency]);
}

/** The amount in whole dollars, euros and so on, for a chart. */
export function wholeUnits({ amount, currency }: Money): number {
  return Math.round(amount / 10 ** DECIMALS[currency]);
}

/** The amount for people, such as "$29.00" or "¥3,000". */
export function formatMoney({ amount, currency }: Money, locale = "en-US"): string {
  const digits = DECIMALS[currency];
  return new Intl.NumberFormat(locale, {
    style: "currency",
    currency: currency.toUpperCase(),
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(amount / 10 ** digits);
}
