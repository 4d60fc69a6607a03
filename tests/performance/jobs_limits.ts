/** Baselines of the jobs' figures: the queues and the database without the product. */
import { Logger, makeWorkerUtils, run } from "graphile-worker";
import { join } from "node:path";
import type postgres from "postgres";
import { pause } from "../../db/connection/retry.ts";
import type { Fleet } from "./fleet.ts";
import { timed } from "./measure.ts";
import { withAdmin } from "./removal.ts";

const BATCH = 500;
const TASK = "nothing";
const CONNECTIONS = 4;
const CONCURRENCY = 50;

/** Jobs per second if one session only moves them through their states, 500 per statement. */
export async function rateOfUpdates({ adminUrl }: Fleet, ids: string[]): Promise<number> {
  const took = await withAdmin(adminUrl, (admin) =>
    timed(async () => {
      for (let start = 0; start < ids.length; start += BATCH) {
        await moveToDone(admin, ids.slice(start, start + BATCH));
      }
    }));
  return ids.length / took * 1_000;
}

async function moveToDone(admin: postgres.Sql, ids: string[]): Promise<void> {
  await admin`update control.outbox set state = 'dispatched', dispatch_id = ${ids[0]!},
    lease_until = now() + interval '15 seconds' where id = any(${ids}::uuid[])`;
  await admin`update control.outbox set state = 'running', attempts = attempts + 1, started_at = now(),
    lease_until = now() + interval '15 seconds' where id = any(${ids}::uuid[])`;
  await admin`update control.outbox set state = 'done', dispatch_id = null, lease_until = null, ended_at = now()
    where id = any(${ids}::uuid[])`;
}

/** Empty tasks per second of graphile-worker alone. */
export async function rateOfGraphile(url: string, count: number): Promise<number> {
  const options = { connectionString: url, maxPoolSize: CONNECTIONS, logger: new Logger(() => () => {}) };
  const utils = await makeWorkerUtils(options);
  await utils.migrate();
  await utils.addJobs(Array.from({ length: count }, () => ({ identifier: TASK, payload: {} })));
  await utils.release();
  let done = 0;
  const took = await timed(async () => {
    const runner = await run({
      ...options,
      concurrency: CONCURRENCY,
      noHandleSignals: true,
      taskList: { [TASK]: () => void done++ },
    });
    while (done < count) await pause(1);
    await runner.stop();
  });
  return count / took * 1_000;
}

/** Milliseconds from adding an empty task to its start, with graphile-worker alone. */
export async function startsOfGraphile(url: string, count: number): Promise<number[]> {
  const options = { connectionString: url, maxPoolSize: CONNECTIONS, logger: new Logger(() => () => {}) };
  const utils = await makeWorkerUtils(options);
  await utils.migrate();
  let started = () => {};
  const runner = await run({ ...options, noHandleSignals: true, taskList: { [TASK]: () => started() } });
  const times: number[] = [];
  for (let number = 0; number < count; number++) {
    const start = new Promise<void>((done) => started = done);
    times.push(await timed(() => Promise.all([utils.addJob(TASK, {}), start])));
  }
  await runner.stop();
  await utils.release();
  return times;
}

/** Milliseconds from sending a message to receiving it, with Deno KV's queue alone. */
export async function startsOfKv(count: number): Promise<number[]> {
  const folder = await Deno.makeTempDir({ prefix: "denizen-bench-" });
  const kv = await Deno.openKv(join(folder, "alone.kv"));
  let started = () => {};
  const listening = kv.listenQueue(() => started());
  const times: number[] = [];
  for (let number = 0; number < count; number++) {
    const start = new Promise<void>((done) => started = done);
    times.push(await timed(() => Promise.all([kv.enqueue(number), start])));
  }
  kv.close();
  await listening;
  await Deno.remove(folder, { recursive: true });
  return times;
}
