// Inputs that features share: numbers, amounts, days and addresses of websites. Texts are in text.ts.
import { z } from "zod";
import { problem } from "./problem.ts";
import { TEXT_TOO_LONG } from "./text.ts";

const NUMBER_MISSING = problem("number_missing", "Enter a number.");
const AMOUNT_INVALID = problem("amount_invalid", "Enter an amount, like 29 or 1,450.00.");
const DAY_INVALID = problem("calendar_day_invalid", "Enter a date, like 2026-03-02.");
const URL_INVALID = problem("url_invalid", "Enter a full web address, like https://company.com.");
const NUMBER_TOO_FAR = problem("number_too_far", "Use a number from {minimum} to {maximum}.");

const MAX_URL_LENGTH = 2_000;
/** The largest number whose decimals a database and JSON keep to the cent. */
const MAX_NUMBER = 1_000_000_000_000;

/** Any number of at most a trillion, with decimals. */
export const decimal = z.number({ error: NUMBER_MISSING.code }).refine(
  (number) => Math.abs(number) <= MAX_NUMBER,
  { error: NUMBER_TOO_FAR.code, params: { minimum: -MAX_NUMBER, maximum: MAX_NUMBER } },
);

/** An amount of money that isn't negative, in cents. */
export const cents = z.int({ error: AMOUNT_INVALID.code }).min(0, AMOUNT_INVALID.code)
  .max(MAX_NUMBER, AMOUNT_INVALID.code);

/** A day without a time, such as a due date: `2026-03-02`. */
export const calendarDay = z.iso.date(DAY_INVALID.code);

/** The address of a website. It starts with `http://` or `https://`. */
export const webAddress = z.url({
  protocol: /^https?$/,
  hostname: z.regexes.hostname,
  error: URL_INVALID.code,
})
  .max(MAX_URL_LENGTH, TEXT_TOO_LONG.code);
