/** Codes of Postgres for "not now": a lock that wasn't got in time, a deadlock, no room in the lock table, a lost server. */
const BUSY = new Set(["55P03", "40P01", "40001", "53200", "57P01", "08006", "CONNECTION_CLOSED"]);

const TRIES = 6;
const FIRST_PAUSE_MILLISECONDS = 50;

/** Codes of Postgres for "someone else made or changed it just now": a schema, its name in the catalogue, a catalogue's row. */
const OVERTAKEN = new Set(["42P06", "23505", "XX000"]);

/** Runs `work`, and again after a growing, random pause when the database was too busy for it: six times in all. */
export function retryBusy<T>(work: () => Promise<T>): Promise<T> {
  return retryOn(isBusy, work);
}

/** Like `retryBusy`, and also when another process made or changed the same objects at that moment. */
export function retryOvertaken<T>(work: () => Promise<T>): Promise<T> {
  return retryOn((error) => isBusy(error) || OVERTAKEN.has(codeOf(error)), work);
}

async function retryOn<T>(isReason: (error: unknown) => boolean, work: () => Promise<T>): Promise<T> {
  for (let round = 1;; round++) {
    try {
      return await work();
    } catch (error) {
      if (round === TRIES || !isReason(error)) throw error;
      await pause(FIRST_PAUSE_MILLISECONDS * 2 ** round * (0.5 + Math.random()));
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
