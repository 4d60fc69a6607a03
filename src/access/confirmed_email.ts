import { and, eq, isNotNull } from "drizzle-orm";
import { users } from "../../db/control/schema/users.ts";
import type { SystemContext, TenantContext } from "../context.ts";
import { forbidden } from "../errors.ts";
import { problem } from "../platform/problem.ts";
import { describeActor } from "./actor.ts";

const EMAIL_UNCONFIRMED = problem(
  "email_unconfirmed",
  "Confirm your email address first. Open the link that we sent you.",
);

/**
 * Refuses people who haven't confirmed their email address: they can't invite others, create API keys or webhooks, or send
 * campaigns. Throws `forbidden`.
 */
export async function requireConfirmedEmail(
  { actor, services }: Pick<SystemContext | TenantContext, "actor" | "services">,
): Promise<void> {
  if (actor.type === "system") return;
  if (actor.type === "visitor") throw forbidden();
  const isConfirmed = and(eq(users.id, describeActor(actor).id!), isNotNull(users.emailVerifiedAt));
  if (await services.db.control.$count(users, isConfirmed) === 0) {
    throw forbidden(EMAIL_UNCONFIRMED);
  }
}
