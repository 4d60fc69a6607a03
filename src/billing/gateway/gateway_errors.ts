import { conflict, type DomainError, notFound } from "../../errors.ts";
import { problem } from "../../platform/problem.ts";

const UNKNOWN = problem("gateway_object_unknown", "The payment provider doesn't know {id}.");
const BUSY = problem("gateway_busy", "Someone else is changing this subscription. Try again.");

/** The gateway has nothing with this id. */
export function unknownObject(id: string): DomainError {
  return notFound(UNKNOWN.with({ id }));
}

/** Another call is changing the same thing at the same time. */
export function changedByOthers(): DomainError {
  return conflict(BUSY, 1);
}
