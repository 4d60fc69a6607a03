import type { SystemContext } from "../context.ts";
import { findCreatedByForm } from "../tenancy/repeated_creation.ts";
import { createHandoff } from "./handoffs.ts";
import { verifyPassword } from "./passwords.ts";
import { startCheckedSession } from "./sign_in.ts";
import type { NewAccount, SignedUp } from "./sign_up.ts";
import { findUserByEmail } from "./users.ts";
import type { Device } from "./credentials.ts";

/**
 * Answers a sign-up form that was sent again like the first time, once its workspace exists: signs its owner in, by the
 * same password. Null when the form has not created that workspace, or the password is another.
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
  if (!tenant || !(await verifyPassword(input.password, user.passwordHash, ctx.signal)).matches) return null;
  const session = await startCheckedSession(ctx, user, { tenantId: null, remember: true, device });
  const { signInId, remember } = session;
  const url = await createHandoff(ctx, tenant, { userId: user.id, signInId, remember, welcome: true });
  return { next: "workspace", tenant, url, session };
}
