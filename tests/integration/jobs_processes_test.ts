import assert from "node:assert/strict";
import type { EngineName } from "../../jobs/engines/engine.ts";
import { DELETE_EXPIRED } from "../../src/operations/retention.ts";
import { enqueueAll } from "../../src/outbox/outbox.ts";
import { SECOND } from "../../src/platform/clock.ts";
import {
  enqueueJobs,
  openBeside,
  openHome,
  readEffects,
  readToll,
  type Toll,
  untilDone,
  WorkingProcess,
} from "../support/job_processes.ts";
import { ENGINES } from "../support/jobs.ts";
import { freePort, ServerProcess } from "../support/process.ts";

/** Protects: if a process that runs jobs is killed or stopped, no job is lost, and each has its effect once. */

const JOBS = 200;
const JOB_MILLISECONDS = 100;
/** More jobs than a real server runs at once. */
const CLEANUPS = 40;

/** A lease ends after 15 seconds. The rest is for slow machines. */
const LONGEST_WAIT = 30 * SECOND;

Deno.test("the next process takes over the jobs of a killed process, and each has its effect once", async () => {
  const stories = await Promise.all(ENGINES.map(killAndTakeOver)); // in parallel, because each waits for a lease to end

  for (const { killed, ended, effects } of stories) {
    assert.ok(killed.done < JOBS && killed.running > 0, `${killed.done} done, ${killed.running} running`);
    assert.deepEqual([ended.jobs, ended.done], [JOBS, JOBS]);
    assert.deepEqual(effects, { effects: JOBS, jobs: JOBS });
  }
});

for (const engine of ENGINES) {
  Deno.test(`${engine}: a server that stops finishes its running jobs and loses none`, () =>
    stopAndGoOn(engine));
}

async function stopAndGoOn(engine: EngineName): Promise<void> {
  await using home = await openHome(engine);
  await using first = await ServerProcess.start(home.variables);
  await first.ready();
  {
    await using system = await openBeside(home.variables);
    await system.tx((tx) =>
      enqueueAll(system, tx, DELETE_EXPIRED, Array.from({ length: CLEANUPS }, () => ({ payload: {} })))
    );
    await untilDone(system, 1, LONGEST_WAIT, DELETE_EXPIRED.name);
  }

  const { code, stderr } = await first.stop("SIGTERM");
  const stopped = await readTollAlone(home.variables, DELETE_EXPIRED.name);
  await using second = await ServerProcess.start(home.variables);
  await second.ready();
  await using system = await openBeside(home.variables);
  await untilDone(system, CLEANUPS, LONGEST_WAIT, DELETE_EXPIRED.name);
  const ended = await readToll(system, DELETE_EXPIRED.name);

  assert.equal(code, 0, stderr);
  assert.deepEqual([stopped.jobs, stopped.running], [CLEANUPS, 0]);
  assert.ok(stopped.done < CLEANUPS, "all jobs had ended before the server stopped");
  assert.ok(ended.done > stopped.done, "the second server ran none of them");
  // With a slow database, an attempt may fail, and the retry would take too long for this test.
  assert.deepEqual([ended.jobs, ended.done + ended.waiting, ended.mostStarts], [CLEANUPS, CLEANUPS, 1]);
}

async function killAndTakeOver(engine: EngineName) {
  await using home = await openHome(engine);
  const variables = { ...home.variables, PORT: String(await freePort()), LOG_LEVEL: "error" };
  await using first = new WorkingProcess(variables, JOB_MILLISECONDS);
  await first.ready();
  {
    await using system = await openBeside(variables);
    await enqueueJobs(system, JOBS);
    await untilDone(system, JOBS / 4, LONGEST_WAIT);
  }

  await first.end("SIGKILL");
  const killed = await readTollAlone(variables);
  await using second = new WorkingProcess(variables, JOB_MILLISECONDS);
  await second.ready();
  await using system = await openBeside(variables);
  await untilDone(system, JOBS, LONGEST_WAIT);
  return { killed, ended: await readToll(system), effects: await readEffects(system) };
}

async function readTollAlone(variables: Record<string, string>, name?: string): Promise<Toll> {
  await using system = await openBeside(variables, { alone: true });
  return await readToll(system, name);
}
