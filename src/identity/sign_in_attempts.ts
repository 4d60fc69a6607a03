import { sql } from "drizzle-orm";
import type { Database } from "../../db/connection/connect.ts";
import { signInAttempts } from "../../db/control/schema/identity.ts";
import { users } from "../../db/control/schema/users.ts";
import type { AuthenticationMethod, UserId } from "../access/actor.ts";
import type { SystemContext } from "../context.ts";
import { DomainError } from "../errors.ts";
import { BatchedWrites } from "../platform/batched_writes.ts";
import { newId } from "../platform/ids.ts";
import { describeError, logOf } from "../platform/log.ts";
import { part } from "../ports.ts";
import type { Device } from "./credentials.ts";

export const ATTEMPT_OUTCOMES = signInAttempts.outcome.enumValues;
export type AttemptOutcome = typeof ATTEMPT_OUTCOMES[number];

/** What someone proved, or tried to prove, to sign in to an account, and how that ended. */
export type Attempt = {
  userId: UserId;
  methods: readonly AuthenticationMethod[];
  outcome: AttemptOutcome;
};

type Row = Attempt & Device & { id: string; at: Date; attempts: number };

/** More different attempts within a few seconds are an attack. They are counted in the log, and not stored. */
const CAPACITY = 5_000;

const log = logOf("security");

/** Collects attempts to sign in and writes them together, so that a sign-in costs no further query. */
export class SignInAttempts {
  readonly #db: Database;
  readonly #writes: BatchedWrites;
  #rows = new Map<string, Row>();
  #dropped = 0;

  constructor(db: Database) {
    this.#db = db;
    this.#writes = new BatchedWrites(() => this.#writeAll());
  }

  add(row: Row): void {
    const key = keyOf(row);
    const known = this.#rows.get(key);
    if (known) known.attempts += row.attempts;
    else if (this.#rows.size < CAPACITY) this.#rows.set(key, row);
    else this.#dropped += row.attempts;
  }

  flush(): Promise<void> {
    return this.#writes.flush();
  }

  close(): Promise<void> {
    return this.#writes.close();
  }

  async #writeAll(): Promise<void> {
    const rows = [...this.#rows.values()];
    if (this.#dropped > 0) log.warn("attempts to sign in were not stored", { attempts: this.#dropped });
    this.#dropped = 0;
    if (rows.length === 0) return;
    this.#rows = new Map();
    try {
      await write(this.#db, rows);
    } catch (error) {
      log.warn("attempts to sign in could not be written and will be retried", describeError(error));
      for (const row of rows) this.add(row);
    }
  }
}

export const SIGN_IN_ATTEMPTS = part("sign-in attempts", ({ db }) => new SignInAttempts(db), {
  close: (attempts) => attempts.close(),
});

/** Records an attempt to sign in from a client. Commands and jobs have none, so theirs aren't recorded. */
export function recordAttempt(
  { services, ipAddress, userAgent = "" }: SystemContext,
  attempt: Attempt,
  device: Device | null = ipAddress === undefined ? null : { ipAddress, userAgent },
): void {
  if (!device) return;
  const at = services.clock.now();
  services.use(SIGN_IN_ATTEMPTS).add({ ...attempt, ...device, id: newId(), at, attempts: 1 });
}

/** Runs a check, and records the attempt if a limit refuses it. Without a user, nothing is recorded. */
export async function recordingLimit<T>(
  ctx: SystemContext,
  userId: UserId | undefined,
  methods: readonly AuthenticationMethod[],
  check: () => Promise<T>,
): Promise<T> {
  try {
    return await check();
  } catch (error) {
    const isLimited = error instanceof DomainError && error.kind === "rate_limited";
    if (isLimited && userId) recordAttempt(ctx, { userId, methods, outcome: "limited" });
    throw error;
  }
}

/** Equal attempts become one row. An attacker who is refused anyway can't make rows by changing the browser's name. */
function keyOf({ userId, outcome, methods, ipAddress, userAgent, id }: Row): string {
  if (outcome === "succeeded") return id;
  return [userId, outcome, methods, ipAddress, outcome === "limited" ? "" : userAgent].join(" ");
}

/** Skips people whose account was deleted meanwhile. */
async function write({ batch }: Database, rows: Row[]): Promise<void> {
  await batch.control.execute(sql`
    insert into ${signInAttempts} (id, user_id, at, outcome, methods, ip_address, user_agent, attempts)
    select made.id, "userId", at, outcome, array(select jsonb_array_elements_text(methods)), "ipAddress", "userAgent", attempts
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as made(
        id uuid, "userId" uuid, at timestamptz, outcome text, methods jsonb, "ipAddress" text, "userAgent" text, attempts int)
      join ${users} owner on owner.id = "userId" order by made.id for key share of owner`);
}
