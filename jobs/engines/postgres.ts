import { setTimeout } from "node:timers/promises";
import type { Pool, PoolClient } from "pg";
import { pgOptions } from "../../db/connection/driver_options.ts";
import { SECOND } from "../../src/platform/clock.ts";
import { describeError, logOf } from "../../src/platform/log.ts";
import type { Dispatch } from "../runner/dispatching.ts";
import type { Engine, OnDispatch } from "./engine.ts";

const TASK = "denizen_dispatch";
/** Accepting a dispatch takes no time, and one at a time leaves the others to other processes. */
const DISPATCHES_AT_ONCE = 1;
/** One listens, one fetches, and the others complete and add dispatches. */
const CONNECTIONS = 4;
/** How often a process polls, for missed notifications and for poolers that can't notify. */
const POLL_MILLISECONDS = { none: 5_000, transaction: 500 };
const RESTART_PAUSE = SECOND;
const CONNECT_TIMEOUT = 5 * SECOND;
/** After this time without an answer, the server or the network is dead. */
const QUERY_TIMEOUT = 31 * SECOND;

const log = logOf("jobs");

/** graphile-worker's queue in the product's own PostgreSQL, schema `graphile_worker`, for any number of processes. */
export async function openPostgresEngine(
  url: string,
  pooler: "none" | "transaction",
  queryTimeout = QUERY_TIMEOUT,
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
    query_timeout: queryTimeout,
    keepAlive: true,
  });
  const warn = (error: Error) => log.warn("the jobs engine lost a connection", describeError(error));
  pool.on("error", warn);
  pool.on("connect", (client) => {
    client.on("error", warn); // the pool reports only idle clients
    endOnTimeout(client);
  });
  const options = {
    pgPool: pool as Pool,
    noPreparedStatements: pooler === "transaction",
    // With batches, the runner ends if it can't complete a task, and `keepRunning` restarts it. Without them, that would be an
    // unhandled rejection, which ends the process.
    preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
    logger: new Logger(() => (level, message) => {
      if (level === "error" || level === "warning") log.warn("graphile-worker: {message}", { message });
    }),
  };
  const utils = await makeWorkerUtils(options);
  await utils.migrate();
  await utils.cleanup({ tasks: ["DELETE_PERMAFAILED_JOBS"] }); // left by killed processes

  let runner: Awaited<ReturnType<typeof run>> | undefined;
  let stopped = false;
  const start = async (onDispatch: OnDispatch) => {
    const started = await run({
      ...options,
      concurrency: DISPATCHES_AT_ONCE,
      pollInterval: POLL_MILLISECONDS[pooler],
      noHandleSignals: true,
      taskList: { [TASK]: (payload) => onDispatch(payload as Dispatch) },
    });
    if (stopped) return await started.stop();
    runner = started;
    keepRunning(started, onDispatch);
  };
  /** The runner ends if it loses a connection at a bad moment. */
  const keepRunning = async ({ promise }: { promise: Promise<void> }, onDispatch: OnDispatch) => {
    const reason = await promise.then(() => undefined, (error) => error);
    runner = undefined;
    while (!stopped && !runner) {
      log.error("the jobs engine ended and will restart", reason ? describeError(reason) : {});
      await setTimeout(RESTART_PAUSE, undefined, { ref: false });
      if (!stopped) await start(onDispatch).catch(warn);
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
    async dispatch(dispatches) {
      if (dispatches.length === 0) return;
      await utils.addJobs(
        dispatches.map((dispatch) => ({ identifier: TASK, payload: dispatch, maxAttempts: 1 })),
      );
    },
    stop,
    async close() {
      await stop();
      try {
        await utils.release();
        await pool.end();
      } catch (error) {
        warn(error as Error); // the connection was already lost
      }
    },
  };
}

/** Ends a connection after a query timeout. Otherwise the pool would reuse it. */
function endOnTimeout(client: PoolClient): void {
  const patched = client as unknown as { query: (...args: unknown[]) => unknown; end: () => Promise<void> };
  const query = patched.query.bind(client);
  patched.query = (...args) => {
    const result = query(...args);
    if (result instanceof Promise) {
      result.catch((error: Error) => {
        if (error.message === "Query read timeout") patched.end().catch(() => {});
      });
    }
    return result;
  };
}
