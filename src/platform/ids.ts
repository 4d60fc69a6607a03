import { v7, validate } from "uuid";
import { z } from "zod";

/** A fresh UUIDv7 (RFC 9562): unique, and sorted by the time of its making. */
export function newId<Id extends string = string>(): Id {
  return v7() as Id;
}

/** Whether `text` is a UUID of any version. Anything else can't be an id here, and is answered like an unknown one. */
export function isId<Id extends string = string>(text: string): text is Id {
  return validate(text);
}

/** The schema of an id in a payload. */
export function idSchema<Id extends string>() {
  return z.custom<Id>((value) => typeof value === "string" && isId(value));
}
