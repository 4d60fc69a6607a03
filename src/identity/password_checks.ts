import { setTimeout as wait } from "node:timers/promises";
import { describeActor } from "../access/actor.ts";
import type { SystemContext } from "../context.ts";
import { networkOf } from "../platform/address_ranges.ts";
import { look, requireAllowed, take, type Taken } from "../rate_limits/limiter.ts";
import type { RateLimit } from "../rate_limits/rate_limit.ts";
import { type PasswordCheck, verifyPassword } from "./passwords.ts";
import { SIGN_IN_ACCOUNT, SIGN_IN_ADDRESS } from "./sign_in_limits.ts";
import type { User } from "./users.ts";

/** How many wrong passwords are answered at once. */
const FAILURES_AT_ONCE = 5;
/** Each further wrong password is answered this much later than the one before, in milliseconds. */
const DELAY_STEP = 200;

/** `browserId` names a browser that the account's owner has used. */
export type Account = { email: string; user: User | null; browserId?: string | null };

type Counted = { limit: RateLimit; key: string };

/**
 * Compares a password with an account's, and limits wrong ones for the account and from the client's network. An unknown address
 * counts like an account. Throws `rate_limited`, or `unavailable` if nothing counts right now or too many passwords are waiting.
 */
export async function checkPassword(
  ctx: SystemContext,
  account: Account,
  password: string,
): Promise<PasswordCheck> {
  const limits = limitsFor(ctx, account);
  // Refused before it waits for its turn. It counts only when its turn comes, so right passwords at the same time never add up.
  for (const looked of await Promise.all(limits.map(({ limit, key }) => look(ctx, limit, key)))) {
    requireAllowed(ctx, looked);
  }
  let taken: Taken[] = [];
  const check = await verifyPassword(password, account.user?.passwordHash ?? null, {
    signal: ctx.signal,
    begin: async () => void (taken = await takeAll(ctx, limits)),
  });
  if (check.matches) await giveBack(taken);
  else await delayFailure(ctx, taken);
  return check;
}

/** The account's owner counts apart while signed in, or in a browser that they have used. */
function limitsFor({ actor, ipAddress }: SystemContext, { email, user, browserId }: Account): Counted[] {
  const isOwner = user !== null && describeActor(actor).id === user.id;
  const key = isOwner ? `signed in ${user.id}` : browserId ? `browser ${browserId}` : email;
  const ofAccount = { limit: SIGN_IN_ACCOUNT, key };
  if (ipAddress === undefined) return [ofAccount];
  return [{ limit: SIGN_IN_ADDRESS, key: networkOf(ipAddress) }, ofAccount];
}

/** Counts toward all limits or none. */
async function takeAll(ctx: SystemContext, limits: Counted[]): Promise<Taken[]> {
  const taken: Taken[] = [];
  for (const { limit, key } of limits) {
    const one = await take(ctx, limit, key);
    if (!one.allowed) await giveBack(taken);
    requireAllowed(ctx, one);
    taken.push(one);
  }
  return taken;
}

async function giveBack(taken: Taken[]): Promise<void> {
  await Promise.all(taken.map((one) => one.giveBack()));
}

/** Delays the answer for longer each time. Ends early if nobody waits for it any longer. */
async function delayFailure({ signal }: SystemContext, taken: Taken[]): Promise<void> {
  const { limit, remaining } = taken.at(-1)!;
  const late = limit - remaining - FAILURES_AT_ONCE;
  if (late > 0) await wait(late * DELAY_STEP, undefined, { signal }).catch(() => {});
}
