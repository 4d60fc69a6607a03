import assert from "node:assert/strict";
import { sql } from "drizzle-orm";
import { outbox } from "../../db/control/schema.ts";
import type { EngineName } from "../../jobs/engines/engine.ts";
import type { SystemContext } from "../../src/context.ts";
import { enqueueAll } from "../../src/jobs/outbox.ts";
import { openTestDatabase, serverUrl } from "../support/database.ts";
import { enqueueJobs, openBeside, readToll, WorkingProcess } from "../support/job_processes.ts";
import { ENGINES } from "../support/jobs.ts";
import { freePort, ServerProcess } from "../support/process.ts";

/** Protects: whatever happens to the process that runs jobs, none is lost, and each has its effect once. */

const JOBS = 200;
const JOB_MILLISECONDS = 40;
const REAL_JOBS = 60;
/** The lease of a killed process's jobs, and some time for a slow machine. */
const LONGEST_WAIT_MILLISECONDS = 35_000;

Deno.test("jobs of a process that is killed are taken over by the next, and have their effect once", async () => {
  const tolls = await Promise.all(ENGINES.map(killAndTakeOver)); // at once: each waits for a lease

  for (const { afterKill, atEnd } of tolls) {
    assert.ok(afterKill.done < JOBS, `${afterKill.done} were done when the process was killed`);
    assert.ok(afterKill.running > 0, "none was running when the process was killed");
    assert.deepEqual([atEnd.jobs, atEnd.done, atEnd.effects, atEnd.jobsWithEffect], [JOBS, JOBS, JOBS, JOBS]);
  }
});

Deno.test("a server that is told to stop while jobs run ends them, and loses none", async () => {
  await using home = await openHome("kv");
  const { variables } = home;
  const first = await ServerProcess.start(variables);
  await first.ready();
  await using beside = await openDisposable(variables);
  await beside.system.tx((tx) => enqueueAll(beside.system, tx, Array.from({ length: REAL_JOBS }, () => CLEANUP)));
  await untilDone(beside.system, 3);
  await beside.close();

  const { code, stderr } = await first.stop("SIGTERM");
  const afterStop = await countIn(variables, { alone: true });
  await using second = await ServerProcess.start(variables);
  await second.ready();
  const atEnd = await countIn(variables, { alone: false }, (system) => untilDone(system, REAL_JOBS));

  assert.equal(code, 0, stderr);
  assert.equal(afterStop.running, 0);
  assert.ok(afterStop.done < REAL_JOBS, "all jobs had ended before the server was told to stop");
  assert.equal(afterStop.jobs, REAL_JOBS);
  assert.deepEqual(atEnd, { jobs: REAL_JOBS, done: REAL_JOBS, running: 0 });
});

const CLEANUP = { name: "cleanup.expired", payload: {} } as const;
