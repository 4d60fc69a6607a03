// A form has only texts. These are the values that `src` takes in their place, and back. What isn't a value stays a text, so that
// the schema refuses it. An empty field is null.
import { parseAmount, typedAmount } from "../src/billing/money.ts";

const CURRENCY = "usd";

export function readText(text = ""): string | null {
  return text.trim() === "" ? null : text;
}

/** `1,450.5` is a number, too. */
export function readNumber(text = ""): number | string | null {
  const typed = readText(text);
  if (typed === null) return null;
  const number = Number(typed.replaceAll(",", ""));
  return Number.isNaN(number) ? typed : number;
}

export function readCents(text = ""): number | string | null {
  const typed = readText(text);
  return typed === null ? null : parseAmount(typed, CURRENCY) ?? typed;
}

export function readYesNo(text = ""): boolean | null {
  return text === "yes" ? true : text === "no" ? false : null;
}

/** An amount as its field shows it, such as "29.00". */
export function writeCents(cents: number | null): string | undefined {
  return cents === null ? undefined : typedAmount({ amount: cents, currency: CURRENCY });
}

export function writeYesNo(value: boolean | null): string | undefined {
  return value === null ? undefined : value ? "yes" : "no";
}
