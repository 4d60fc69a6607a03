import type { SystemContext } from "../context.ts";
import { findCreatedByForm } from "../tenancy/repeated_creation.ts";
import type { Device } from "./credentials.ts";
import { hasFactors } from "./factors.ts";
import { createHandoff } from "./handoffs.ts";
import { checkPassword } from "./password_checks.ts";
import { startCheckedSession } from "./sign_in.ts";
import type { NewAccount, SignedUp } from "./sign_up.ts";
import { findUserByEmail } from "./users.ts";

/**
 * Answers a repeated sign-up form like the first one, once its workspace exists: signs the owner in with the same
 * password. Returns null if this form didn't create that workspace, or if the password differs.
 */
export async function repeatSignUp(
  ctx: SystemContext,
  input: NewAccount,
  renderedAt: Date,
  device: Device,
): Promise<SignedUp | null> {
  const user = await findUserByEmail(ctx.control, input.email);
  const wanted = { name: input.companyName, subdomain: input.subdomain };
  const tenant = user && await findCreatedByForm(ctx, user.id, wanted, renderedAt);
  if (!tenant || !(await checkPassword(ctx, { email: user.email, user }, input.password)).matches) {
    return null;
  }
  if (await hasFactors(ctx.control, user.id)) return null;
  const session = await startCheckedSession(ctx, user, { tenantId: null, remember: true, device });
  const { signInId, remember } = session;
  const url = await createHandoff(ctx, tenant, { userId: user.id, signInId, remember, welcome: "created" });
  return { next: "workspace", tenant, url, session };
}
