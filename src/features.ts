/** Every feature of the product, each with what it declares. A feature may use the parts of those before it. */
import { access } from "./access/feature.ts";
import { analytics } from "./analytics/feature.ts";
import { audit } from "./audit/feature.ts";
import { billing } from "./billing/feature.ts";
import { apiAccess } from "./api_access/feature.ts";
import { email } from "./email/feature.ts";
import type { Feature } from "./feature.ts";
import { identity } from "./identity/feature.ts";
import { operations } from "./operations/feature.ts";
import { projects } from "./projects/feature.ts";
import { tenancy } from "./tenancy/feature.ts";

export const FEATURES: readonly Feature[] = [
  access,
  tenancy,
  identity,
  audit,
  billing,
  email,
  apiAccess,
  analytics,
  operations,
  projects,
];
