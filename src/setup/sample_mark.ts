import type { SQL } from "drizzle-orm";
import type { Permission } from "../access/permissions.ts";

/** How to recognize a feature's sample data, and who may change it. */
export type SampleMark = {
  readonly permission: Permission;
  /** Whether the tenant has some. A condition on the tenant's tables. */
  readonly exists: SQL<boolean>;
};
