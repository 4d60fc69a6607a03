import { v7, validate } from "uuid";
import { z } from "zod";

/** A new UUIDv7 (RFC 9562). These ids sort by creation time. */
export function newId<Id extends string = string>(): Id {
  return v7() as Id;
}

/** Whether `text` is a UUID of any version. Callers treat any other text like an unknown id. */
export function isId<Id extends string = string>(text: string): text is Id {
  return validate(text);
}

/** The Zod schema of an id in a payload. */
export function idSchema<Id extends string>() {
  return z.custom<Id>((value) => typeof value === "string" && isId(value));
}
