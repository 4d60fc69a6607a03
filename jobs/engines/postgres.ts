import { setTimeout } from "node:timers/promises";
import type { Pool, PoolClient } from "pg";
import { pgOptions } from "../../db/connection/driver_options.ts";
import { SECOND } from "../../src/platform/clock.ts";
import { describeError, logOf } from "../../src/platform/log.ts";
import type { Hand } from "../runner/ledger.ts";
import type { Engine, TakeHand } from "./engine.ts";

const TASK = "denizen_hand";
/** A hand is taken in no time, and one at a time leaves the others to other processes. */
const HANDS_AT_ONCE = 1;
/** One listens, one fetches, and one or two say what was taken and hand over. */
const CONNECTIONS = 4;
/** How often a process looks for a hand by itself: in case that it wasn't told, and where the database can't tell. */
const POLL_MILLISECONDS = { none: 5_000, transaction: 500 };
const RESTART_PAUSE = SECOND;
const CONNECT_TIMEOUT = 5 * SECOND;
/** What takes longer has no answer to come: the server, or the path to it, is dead. */
const ANSWER_WITHIN = 31 * SECOND;

const log = logOf("jobs");

/** graphile-worker's queue in the product's own PostgreSQL, schema `graphile_worker`, for any number of processes. */
export async function openPostgresEngine(
  url: string,
  pooler: "none" | "transaction",
  answerWithin = ANSWER_WITHIN,
): Promise<Engine> {
  const [{ Logger, makeWorkerUtils, run }, { default: pg }] = await Promise.all([
    import("graphile-worker"),
    import("pg"),
  ]);
  const pool = new pg.Pool({
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    ...await pgOptions(url),
    max: CONNECTIONS,
    application_name: "denizen jobs",
    query_timeout: answerWithin,
    keepAlive: true,
  });
  const tell = (error: Error) => log.warn("the jobs engine lost a connection", describeError(error));
  pool.on("error", tell);
  pool.on("connect", (client) => {
    client.on("error", tell); // also of one that is lent out
    endWhenSilent(client);
  });
  const options = {
    pgPool: pool as Pool,
    noPreparedStatements: pooler === "transaction",
    // In batches, if only of one: where a hand can't be said to be taken, the runner ends, which is seen below. Without
    // them, that would be the rejection of a promise that nobody has, and the end of the process.
    preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
    logger: new Logger(() => (level, message) => {
      if (level === "error" || level === "warning") log.warn("graphile-worker: {message}", { message });
    }),
  };
  const utils = await makeWorkerUtils(options);
  await utils.migrate();
  await utils.cleanup({ tasks: ["DELETE_PERMAFAILED_JOBS"] }); // hands that a killed process had taken

  let runner: Awaited<ReturnType<typeof run>> | undefined;
  let stopped = false;
  const start = async (take: TakeHand) => {
    const started = await run({
      ...options,
      concurrency: HANDS_AT_ONCE,
      pollInterval: POLL_MILLISECONDS[pooler],
      noHandleSignals: true,
      taskList: { [TASK]: (payload) => take(payload as Hand) },
    });
    if (stopped) return await started.stop();
    runner = started;
    keepRunning(started, take);
  };
  /** It ends by itself when a connection is lost at a bad moment. */
  const keepRunning = async ({ promise }: { promise: Promise<void> }, take: TakeHand) => {
    const reason = await promise.then(() => undefined, (error) => error);
    runner = undefined;
    while (!stopped && !runner) {
      log.error("the jobs engine ended, to be started again", reason ? describeError(reason) : {});
      await setTimeout(RESTART_PAUSE, undefined, { ref: false });
      if (!stopped) await start(take).catch(tell);
    }
  };
  const stop = async () => {
    stopped = true;
    const running = runner;
    runner = undefined;
    await running?.stop().catch(() => {});
  };
  return {
    name: "postgres",
    get isListening() {
      return runner !== undefined;
    },
    listen: start,
    async hand(hands) {
      if (hands.length === 0) return;
      await utils.addJobs(hands.map((hand) => ({ identifier: TASK, payload: hand, maxAttempts: 1 })));
    },
    stop,
    async close() {
      await stop();
      try {
        await utils.release();
        await pool.end();
      } catch (error) {
        tell(error as Error); // of a connection that was lost already
      }
    },
  };
}

/** A query without an answer leaves its connection useless, and the pool would lend that again. */
function endWhenSilent(client: PoolClient): void {
  const asked = client as unknown as { query: (...args: unknown[]) => unknown; end: () => Promise<void> };
  const query = asked.query.bind(client);
  asked.query = (...args) => {
    const answer = query(...args);
    if (answer instanceof Promise) {
      answer.catch((error: Error) => {
        if (error.message === "Query read timeout") asked.end().catch(() => {});
      });
    }
    return answer;
  };
}
