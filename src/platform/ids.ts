import { v7, validate } from "uuid";

/** A fresh UUIDv7 (RFC 9562): unique, and sorted by the time of its making. */
export function newId(): string {
  return v7();
}

/** Whether `text` is a UUID of any version. Anything else can't be an id here, and is answered like an unknown one. */
export function isId(text: string): boolean {
  return validate(text);
}
