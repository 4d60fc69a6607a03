/** Postgres codes for temporary failures: a lock timeout, a deadlock, a full lock table, a lost connection. */
const BUSY = new Set(["55P03", "40P01", "40001", "53200", "57P01", "08006", "CONNECTION_CLOSED"]);

const MAX_ATTEMPTS = 6;
const FIRST_PAUSE_MILLISECONDS = 50;

/** Postgres codes for a conflict with a concurrent change: of a schema, of its name in the catalog, or of a catalog row. */
const OVERTAKEN = new Set(["42P06", "23505", "XX000"]);

/** Runs `work`, and retries after a growing, random pause if the database is busy. Makes at most six attempts. */
export function retryBusy<T>(work: () => Promise<T>): Promise<T> {
  return retryOn(isBusy, work);
}

/** Like `retryBusy`, but also retries if another process created or changed the same objects concurrently. */
export function retryOvertaken<T>(work: () => Promise<T>): Promise<T> {
  return retryOn((error) => isBusy(error) || OVERTAKEN.has(codeOf(error)), work);
}

async function retryOn<T>(isRetryable: (error: unknown) => boolean, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1;; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === MAX_ATTEMPTS || !isRetryable(error)) throw error;
      await pause(FIRST_PAUSE_MILLISECONDS * 2 ** attempt * (0.5 + Math.random()));
    }
  }
}

export function isBusy(error: unknown): boolean {
  return BUSY.has(codeOf(error));
}

function codeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause ? error.cause : error;
  return typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : "";
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((done) => setTimeout(done, milliseconds));
}
