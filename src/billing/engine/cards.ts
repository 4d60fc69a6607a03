import type { Card, CardBehavior } from "./state.ts";

/** The test cards that Stripe documents (https://docs.stripe.com/testing). Any other number is refused. */
const TEST_CARDS: Readonly<Record<string, { brand: string; behavior: CardBehavior }>> = {
  "4242424242424242": { brand: "visa", behavior: "accept" },
  "5555555555554444": { brand: "mastercard", behavior: "accept" },
  "378282246310005": { brand: "amex", behavior: "accept" },
  "4000000000000002": { brand: "visa", behavior: "decline" },
  "4000000000009995": { brand: "visa", behavior: "insufficient_funds" },
  "4000000000000069": { brand: "visa", behavior: "expired" },
  "4000000000000127": { brand: "visa", behavior: "wrong_code" },
  "4000002500003155": { brand: "visa", behavior: "confirm_once" },
  "4000002760003184": { brand: "visa", behavior: "confirm_always" },
  "4000000000000341": { brand: "visa", behavior: "decline_later" },
};

const DECLINED = "The card was declined.";

/** What each behavior answers. Null: the payment passes, if nobody has to confirm it. */
const REFUSALS: Readonly<Record<CardBehavior, string | null>> = {
  accept: null,
  decline: DECLINED,
  insufficient_funds: "The card has insufficient funds.",
  expired: "The card has expired.",
  wrong_code: "The security code is incorrect.",
  confirm_once: null,
  confirm_always: null,
  decline_later: null,
};

/** The test card with this number, which may contain spaces. Null for any other number. */
export function testCard(
  number: string,
  { expiryMonth, expiryYear }: { expiryMonth: number; expiryYear: number },
): Card | null {
  const digits = number.replaceAll(/[\s-]/g, "");
  const known = TEST_CARDS[digits];
  return known ? { ...known, last4: digits.slice(-4), expiryMonth, expiryYear } : null;
}

export type Charge = { result: "paid" } | { result: "declined"; reason: string } | { result: "confirm" };

/**
 * What the bank says to a payment. `isPresent`: the customer is there and pays. `isConfirmed`: the customer has just confirmed it
 * (3-D Secure).
 */
export function charge(
  card: Card | null,
  { isPresent, isConfirmed }: { isPresent: boolean; isConfirmed: boolean },
): Charge {
  if (!card) return { result: "declined", reason: "There is no payment method." };
  const refusal = card.behavior === "decline_later" && !isPresent ? DECLINED : REFUSALS[card.behavior];
  if (refusal) return { result: "declined", reason: refusal };
  const asks = card.behavior === "confirm_always" || (card.behavior === "confirm_once" && isPresent);
  return asks && !isConfirmed ? { result: "confirm" } : { result: "paid" };
}
