import type { Context } from "hono";
import { createHandoff } from "../../src/identity/handoffs.ts";
import type { StartedSession } from "../../src/identity/sessions.ts";
import type { User } from "../../src/identity/users.ts";
import { findOnlyWorkspace } from "../../src/tenancy/workspaces.ts";
import { type HttpEnv, systemContextOf } from "../http.ts";
import { safeNext } from "./redirects.ts";

/**
 * The path to open after signing in: `next`, otherwise the workspace's dashboard on its host, and on the apex the person's only
 * workspace, if they have exactly one.
 */
export async function destinationOf(
  c: Context<HttpEnv>,
  user: User,
  { signInId, remember }: Pick<StartedSession, "signInId" | "remember">,
  next: string | undefined,
): Promise<string> {
  if (c.get("tenant")) return safeNext(next, "/dashboard");
  const ctx = systemContextOf(c);
  const only = next ? null : await findOnlyWorkspace(ctx, user);
  if (!only) return safeNext(next, "/workspaces");
  return await createHandoff(ctx, only, { userId: user.id, signInId, remember, welcome: null });
}
