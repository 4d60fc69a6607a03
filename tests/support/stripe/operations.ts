import { CATALOG_OPERATIONS } from "./catalog_operations.ts";
import type { Request, StripeDouble } from "./double.ts";
import { CUSTOMER_OPERATIONS } from "./customer_operations.ts";
import { INVOICE_OPERATIONS } from "./invoice_operations.ts";
import { SUBSCRIPTION_OPERATIONS } from "./subscription_operations.ts";

/** What the double answers to an operation. Throws a `Refusal`. */
export type Operation = (double: StripeDouble, request: Request) => unknown | Promise<unknown>;

export const OPERATIONS: Readonly<Record<string, Operation>> = {
  ...CUSTOMER_OPERATIONS,
  ...SUBSCRIPTION_OPERATIONS,
  ...INVOICE_OPERATIONS,
  ...CATALOG_OPERATIONS,
};
