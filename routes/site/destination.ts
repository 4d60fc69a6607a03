import type { Context } from "hono";
import { createHandoffToOnly } from "../../src/identity/handoffs.ts";
import type { CheckedSignIn } from "../../src/identity/second_step.ts";
import type { StartedSession } from "../../src/identity/sessions.ts";
import type { User } from "../../src/identity/users.ts";
import { signInText } from "../../views/pages/sign_in/text.ts";
import { type HttpEnv, systemContextOf } from "../http.ts";
import { localeOf } from "../locale.ts";
import { signInBrowser } from "../middleware/session.ts";
import type { Done } from "../page.tsx";
import { safeNext } from "./redirects.ts";
import { SECOND_STEP_PATH, sendSecondStep } from "./second_step_cookies.ts";

/** Someone who proved who they are without a password. `wasReset`: a password that may be a stranger's no longer works. */
type SignedIn = { user: User; destination: string | null; wasReset: boolean } & CheckedSignIn;

/** Signs the browser in and leads it on, or asks for the second factor. */
export async function enter(c: Context<HttpEnv>, signedIn: SignedIn): Promise<Done> {
  const { user, destination, wasReset } = signedIn;
  if (signedIn.next === "second_step") {
    sendSecondStep(c, signedIn.step);
    return { to: SECOND_STEP_PATH };
  }
  await signInBrowser(c, signedIn.session);
  const to = await destinationOf(c, user, signedIn.session, destination ?? undefined);
  const text = signInText.of(localeOf(c)).passwordRemoved;
  return wasReset ? { to, flash: { kind: "info", text } } : { to };
}

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
  const only = next ? null : await createHandoffToOnly(ctx, user, { signInId, remember, welcome: null });
  return only ?? safeNext(next, "/workspaces");
}
