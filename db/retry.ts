/** Codes of Postgres for "not now": a lock that wasn't got in time, a deadlock, no room in the lock table, a lost server. */
const BUSY = new Set(["55P03", "40P01", "40001", "53200", "57P01", "08006", "CONNECTION_CLOSED"]);

const TRIES = 6;
const FIRST_PAUSE_MILLISECONDS = 50;

/** Runs `work`, and again after a growing, random pause when the database was too busy for it: six times in all. */
export async function retryBusy<T>(work: () => Promise<T>): Promise<T> {
  for (let round = 1;; round++) {
    try {
      return await work();
    } catch (error) {
      if (round === TRIES || !isBusy(error)) throw error;
      await pause(FIRST_PAUSE_MILLISECONDS * 2 ** round * (0.5 + Math.random()));
    }
  }
}

export function isBusy(error: unknown): boolean {
  const cause = error instanceof Error && error.cause ? error.cause : error;
  return typeof cause === "object" && cause !== null && "code" in cause && BUSY.has(String(cause.code));
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((done) => setTimeout(done, milliseconds));
}
