import { asc } from "drizzle-orm";
import { signInAttempts } from "../../db/control/schema/identity.ts";
import { SIGN_IN_ATTEMPTS } from "../../src/identity/sign_in_attempts.ts";
import type { World } from "./world.ts";

/** Every attempt to sign in, oldest first. Writes those that this process still collects. */
export async function recordedAttempts({ services, system }: World) {
  await services.use(SIGN_IN_ATTEMPTS).flush();
  return await system.control.select().from(signInAttempts).orderBy(asc(signInAttempts.id));
}
