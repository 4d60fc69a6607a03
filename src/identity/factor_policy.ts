import { secondFactorRequired } from "../errors.ts";
import { problem } from "../platform/problem.ts";
import type { Services } from "../ports.ts";
import type { Tenant } from "../tenancy/tenant.ts";

const WORKSPACE_NEEDS_FACTOR = problem(
  "workspace_needs_factor",
  "{workspace} requires a second factor. Add one to your account first.",
);

/** Throws `second_factor_required` for members without a second factor, once the workspace's grace period is over. */
export function requireFactorIn(
  { clock }: Services,
  { name, secondFactorFrom }: Tenant,
  { hasFactor }: { hasFactor: boolean },
): void {
  if (hasFactor || !secondFactorFrom || secondFactorFrom > clock.now()) return;
  throw secondFactorRequired(WORKSPACE_NEEDS_FACTOR.with({ workspace: name }));
}
