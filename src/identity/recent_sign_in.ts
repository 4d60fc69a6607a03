import { desc, eq } from "drizzle-orm";
import { unionAll } from "drizzle-orm/pg-core";
import { refreshTokens, sessions } from "../../db/control/schema/identity.ts";
import type { Authentication, AuthenticationMethod } from "../access/actor.ts";
import { requirePerson } from "../access/authorize.ts";
import type { SystemContext, TenantContext } from "../context.ts";
import { forbidden, reauthenticationRequired } from "../errors.ts";
import { after, MINUTE } from "../platform/clock.ts";
import { reachableStrength, strengthOf } from "./authentication.ts";
import { findFactors } from "./factors.ts";

const RECENT_MINUTES = 10;

type Acting = Pick<SystemContext | TenantContext, "actor" | "services">;

/**
 * Throws `reauthentication_required` unless the person has proved who they are within ten minutes, with the strongest method that
 * they have. Functions that change how a person signs in, who has which role, or what can't be undone, call it after `authorize`.
 * `proved` is what the call itself proves, such as the current password.
 */
export async function requireRecentSignIn(
  ctx: Acting,
  { proved = [] }: { proved?: readonly AuthenticationMethod[] } = {},
): Promise<void> {
  if (!await isRecentSignIn(ctx, { proved })) throw reauthenticationRequired(RECENT_MINUTES);
}

/** Whether `requireRecentSignIn` lets the actor pass. */
export async function isRecentSignIn(
  ctx: Acting,
  { proved = [] }: { proved?: readonly AuthenticationMethod[] } = {},
): Promise<boolean> {
  const { actor, services } = ctx;
  if (actor.type === "system") return true;
  requirePerson(actor);
  if (actor.type === "visitor" || actor.type === "acting") throw forbidden();
  const types = (await findFactors(services.db.control, actor.id)).map(({ type }) => type);
  const needed = reachableStrength(types);
  if (strengthOf(proved) >= needed) return true;
  const { authentication } = actor;
  if (!authentication) return false;
  if (isRecent(ctx, authentication, needed)) return true;
  // Another process may have seen the person prove it a moment ago.
  const stored = await findStored(ctx, authentication);
  return stored !== null && isRecent(ctx, stored, needed);
}

function isRecent(
  { services }: Acting,
  { at, methods }: Omit<Authentication, "signInId">,
  needed: number,
): boolean {
  return after(at, RECENT_MINUTES * MINUTE) > services.clock.now() && strengthOf(methods) >= needed;
}

async function findStored({ services }: Acting, { signInId }: Authentication) {
  const { control } = services.db;
  const ofBrowser = control.select({ at: sessions.authenticatedAt, methods: sessions.methods }).from(sessions)
    .where(eq(sessions.signInId, signInId));
  const ofProgram = control.select({ at: refreshTokens.authenticatedAt, methods: refreshTokens.methods })
    .from(refreshTokens).where(eq(refreshTokens.familyId, signInId));
  const [latest] = await unionAll(ofBrowser, ofProgram).orderBy((row) => desc(row.at)).limit(1);
  return latest ?? null;
}
