import type { Pool } from "pg";
import { describeError, logOf } from "../../src/platform/log.ts";
import type { Hand } from "../ledger.ts";
import type { Engine, TakeHand } from "./engine.ts";

const TASK = "denizen_hand";
/** Enough for the hands of all queues, so that one queue's long jobs don't keep another's out. */
const HANDS_AT_ONCE = 50;
const CONNECTIONS = 4;
/** That there are fewer connections than hands is meant so: a hand waits for its jobs, and needs none for that. */
const KNOWN_WARNING = /maxPoolSize/;
/** How often each of those looks for a hand by itself: in case that it wasn't told, and where the database can't tell. */
const POLL_MILLISECONDS = { none: 5_000, transaction: 500 };

const log = logOf("jobs");

/** graphile-worker's queue in the product's own PostgreSQL, schema `graphile_worker`, for any number of processes. */
export async function openPostgresEngine(url: string, pooler: "none" | "transaction"): Promise<Engine> {
  const [{ Logger, makeWorkerUtils, run }, { default: pg }] = await Promise.all([
    import("graphile-worker"),
    import("pg"),
  ]);
  const pool = new pg.Pool({ connectionString: url, max: CONNECTIONS, application_name: "denizen jobs" });
  const tell = (error: Error) => log.warn("the jobs engine lost a connection", describeError(error));
  pool.on("error", tell);
  pool.on("connect", (client) => client.on("error", tell)); // also of one that is lent out
  const options = {
    pgPool: pool as Pool,
    noPreparedStatements: pooler === "transaction",
    logger: new Logger(() => (level, message) => {
      const isWorthTelling = level === "error" || (level === "warning" && !KNOWN_WARNING.test(message));
      if (isWorthTelling) log.warn("graphile-worker: {message}", { message });
    }),
  };
  const utils = await makeWorkerUtils(options);
  await utils.migrate();
  await utils.cleanup({ tasks: ["DELETE_PERMAFAILED_JOBS"] }); // hands that a killed process had taken
  let runner: Awaited<ReturnType<typeof run>> | undefined;
  const stop = async () => {
    const running = runner;
    runner = undefined;
    await running?.stop().catch(() => {});
  };
  return {
    name: "postgres",
    async listen(take: TakeHand) {
      runner = await run({
        ...options,
        concurrency: HANDS_AT_ONCE,
        pollInterval: POLL_MILLISECONDS[pooler],
        noHandleSignals: true,
        taskList: { [TASK]: (payload) => take(payload as Hand) },
      });
      runner.promise.catch((error) => log.error("the jobs engine ended", describeError(error)));
    },
    async hand(hands) {
      if (hands.length === 0) return;
      await utils.addJobs(hands.map((hand) => ({ identifier: TASK, payload: hand, maxAttempts: 1 })));
    },
    stop,
    async close() {
      await stop();
      await utils.release();
      await pool.end();
    },
  };
}
