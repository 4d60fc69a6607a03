import { eq } from "drizzle-orm";
import { signInAttempts } from "../../db/control/schema/identity.ts";
import type { AuthenticationMethod, UserId } from "../access/actor.ts";
import type { SystemContext } from "../context.ts";
import { list, type ListQuery, type Page } from "../platform/list.ts";
import { momentKey } from "../platform/list_keys.ts";
import { type Browser, parseUserAgent } from "../platform/user_agent.ts";
import { authorizeToSee } from "./permissions.ts";
import type { AttemptOutcome } from "./sign_in_attempts.ts";

/** An attempt to sign in to an account. `attempts` counts equal ones within a few seconds, which are listed once. */
export type SignInAttempt = Browser & {
  id: string;
  at: Date;
  outcome: AttemptOutcome;
  /** What was proved, or tried. Before a wrong code, it is what was proved first. */
  methods: AuthenticationMethod[];
  ipAddress: string;
  attempts: number;
};

export const ATTEMPT_LIST = list("sign-in attempts", {
  select: (db) =>
    db.select({
      id: signInAttempts.id,
      at: signInAttempts.at,
      outcome: signInAttempts.outcome,
      methods: signInAttempts.methods,
      ipAddress: signInAttempts.ipAddress,
      userAgent: signInAttempts.userAgent,
      attempts: signInAttempts.attempts,
    }).from(signInAttempts),
  id: signInAttempts.id,
  sorts: { at: momentKey(signInAttempts.at) },
  defaultSort: "-at",
  filters: {},
  scope: { userId: (id) => eq(signInAttempts.userId, id) },
});

/** A page of the attempts to sign in to an account in the last 90 days. The newest show up after a few seconds. */
export async function listAttempts(
  ctx: SystemContext,
  userId: UserId,
  query: ListQuery<typeof ATTEMPT_LIST>,
): Promise<Page<SignInAttempt>> {
  authorizeToSee(ctx, userId);
  const page = await ATTEMPT_LIST.page(ctx.control, query, { userId });
  const items = page.items.map(({ userAgent, ...attempt }) => ({ ...attempt, ...parseUserAgent(userAgent) }));
  return { ...page, items };
}
