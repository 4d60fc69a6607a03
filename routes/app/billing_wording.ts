import type { Context } from "hono";
import { type Currency, formatMoney } from "../../src/billing/money.ts";
import { type PlanKey, planOf } from "../../src/billing/plans.ts";
import { LANGUAGE_TAGS } from "../../views/locale.ts";
import type { FormatAmount } from "../../views/pages/billing/money.ts";
import { billingPageText } from "../../views/pages/billing/text.ts";
import { translatorTo } from "../../views/wording.ts";
import type { MemberEnv } from "../http.ts";
import { localeOf } from "../locale.ts";

export const BILLING_PATH = "/billing";

export function billingTextOf(c: Context<MemberEnv>) {
  return billingPageText.of(localeOf(c));
}

export function planName(c: Context<MemberEnv>, key: PlanKey): string {
  return translatorTo(localeOf(c))(planOf(key).name);
}

/** Writes amounts in the reader's language. */
export function amountFormat(c: Context<MemberEnv>): FormatAmount {
  const tag = LANGUAGE_TAGS[localeOf(c)];
  return (amount: number, currency: Currency = "usd") => formatMoney({ amount, currency }, tag);
}

/** The way back from a page under `/billing`. */
export function billingTrail(c: Context<MemberEnv>) {
  return [{ label: billingTextOf(c).title, href: BILLING_PATH }];
}
