import type { UserId } from "../access/actor.ts";
import type { SystemContext } from "../context.ts";
import { decrypt, encrypt } from "../platform/crypto.ts";
import { newId } from "../platform/ids.ts";

const PURPOSE = "known browser";

/**
 * Marks a browser in which an account's owner has signed in or used an emailed link. The mark signs nobody in. It only makes the
 * browser's wrong passwords count apart from everyone else's, so a stranger who guesses can't lock the owner out.
 */
export function markBrowser({ services }: SystemContext, userId: UserId): string {
  return encrypt(`${userId} ${newId()}`, services.config.appSecret, PURPOSE);
}

/** The id of the marked browser. Null if the mark is not genuine, or another account's. */
export function findKnownBrowser({ services }: SystemContext, mark: string, userId: UserId): string | null {
  try {
    const [owner, browserId] = decrypt(mark, services.config.appSecret, PURPOSE).split(" ");
    return owner === userId ? browserId ?? null : null;
  } catch {
    return null;
  }
}
