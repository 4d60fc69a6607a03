import { MINUTE } from "../platform/clock.ts";
import { timeOfId } from "../platform/ids.ts";
import { part } from "../ports.ts";
import type { ApiCall } from "./api_call.ts";

const TOO_MANY_REQUESTS = 429;

/** How many refused calls of a person or key the request log shows for each minute, from each process. */
export const LOGGED_REFUSALS_A_MINUTE = 5;

/**
 * Decides which refused calls are logged. A program that ignores `Retry-After` can send thousands a second. They would fill the log,
 * although they cost nothing else, and all say the same. Reports count each of them.
 */
export class RefusedCalls {
  #minute = 0;
  #logged = new Map<string, number>();

  /** Whether the call belongs in the request log. A call that wasn't refused does. */
  isLogged({ id, status, tenantId, actor }: ApiCall): boolean {
    if (status !== TOO_MANY_REQUESTS) return true;
    const minute = Math.floor(timeOfId(id).getTime() / MINUTE);
    if (minute !== this.#minute) [this.#minute, this.#logged] = [minute, new Map()];
    const key = `${tenantId} ${actor.id}`;
    const logged = this.#logged.get(key) ?? 0;
    this.#logged.set(key, logged + 1);
    return logged < LOGGED_REFUSALS_A_MINUTE;
  }
}

export const REFUSED_CALLS = part("refused API calls", () => new RefusedCalls());
