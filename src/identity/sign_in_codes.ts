import { and, eq, gt } from "drizzle-orm";
import { emailSignIns } from "../../db/control/schema/identity.ts";
import type { SystemContext } from "../context.ts";
import { MINUTE } from "../platform/clock.ts";
import { isSixDigitCode, sixDigitCode } from "../platform/crypto.ts";
import { subdomainUrl } from "../tenancy/tenant.ts";
import { TENANTS } from "../tenancy/tenant_directory.ts";
import { issueOneTimeToken } from "./one_time_tokens.ts";
import type { User } from "./users.ts";

export const SIGN_IN_MINUTES = 10;
export const SIGN_IN_LINK_PATH = "/login/link";
const CODE_PURPOSE = "sign-in code";

/** A sign-in that waits for the link or the code sent to its address. */
export type EmailSignIn = typeof emailSignIns.$inferSelect;

/** The sign-in with this id. Null if it has expired. */
export async function findEmailSignInById(ctx: SystemContext, id: string): Promise<EmailSignIn | null> {
  const isOpen = and(eq(emailSignIns.id, id), gt(emailSignIns.expiresAt, ctx.services.clock.now()));
  const [row] = await ctx.control.select().from(emailSignIns).where(isOpen);
  return row ?? null;
}

/** The six-digit code of a sign-in. A second email contains the same code. */
export function signInCodeOf({ services }: SystemContext, { id }: Pick<EmailSignIn, "id">): string {
  return sixDigitCode(id, services.config.appSecret, CODE_PURPOSE);
}

export function isSignInCode(
  { services }: SystemContext,
  { id }: Pick<EmailSignIn, "id">,
  typed: string,
): boolean {
  return isSixDigitCode(typed, id, services.config.appSecrets, CODE_PURPOSE);
}

/** A link that signs the user in, on the host where the sign-in started. It works once, for ten minutes, in any browser. */
export async function createSignInLink(
  ctx: SystemContext,
  { id: userId, email }: Pick<User, "id" | "email">,
  { tenantId, remember, next }: EmailSignIn,
): Promise<string> {
  const grant = { userId, tenantId, details: { email, remember, next } };
  const token = await issueOneTimeToken(ctx, "sign_in", grant, SIGN_IN_MINUTES * MINUTE);
  const { config } = ctx.services;
  const tenant = tenantId && await ctx.services.use(TENANTS).findById(tenantId);
  const origin = tenant ? subdomainUrl(config.appUrl, tenant) : config.appUrl.origin;
  return `${origin}${SIGN_IN_LINK_PATH}?token=${token}`;
}
