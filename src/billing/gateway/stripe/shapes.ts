import { SECOND } from "../../../platform/clock.ts";

/** An object of Stripe's, or only its id if it wasn't expanded. */
export type Reference<Item extends { id: string }> = string | Item | null | undefined;

export function idOf(reference: Reference<{ id: string }>): string | null {
  return typeof reference === "string" ? reference : reference?.id ?? null;
}

/** The object, if it was expanded. */
export function expanded<Item extends { id: string }>(reference: Reference<Item>): Item | null {
  return typeof reference === "string" ? null : reference ?? null;
}

/** Stripe's times are seconds since 1970. */
export function toSeconds(moment: Date): number {
  return Math.floor(moment.getTime() / SECOND);
}

export function toDate(seconds: number): Date {
  return new Date(seconds * SECOND);
}

export function toDateOrNull(seconds: number | null | undefined): Date | null {
  return seconds === null || seconds === undefined ? null : toDate(seconds);
}
