import type { SQL } from "drizzle-orm";
import { type Wording, wording } from "../../platform/wording.ts";

/** Something in the product that a workspace can use or not. */
export type Adoption = {
  readonly name: string;
  readonly label: Wording;
  /** Selects `tenant_id` of every tenant that uses it, from tables in `control`. */
  readonly tenants: SQL;
};

/** Declares what the back office counts as use of a feature. A feature lists it in its `feature.ts`. */
export function adoption(name: string, { label, tenants }: { label: string; tenants: SQL }): Adoption {
  return { name, label: wording(`adoption.${name}`, label), tenants };
}
