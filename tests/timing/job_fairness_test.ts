import { eq } from "drizzle-orm";
import assert from "node:assert/strict";
import { outbox } from "../../db/control/schema/outbox.ts";
import { enqueue, enqueueAll } from "../../src/outbox/outbox.ts";
import { median } from "../performance/measure.ts";
import { doing, ENGINES, JOB, jobOf, PAYLOAD, startWorker, until } from "../support/jobs.ts";
import { World } from "../support/world.ts";

/** Protects: one tenant's many jobs don't delay another tenant's. Runs alone: it compares times. */

for (const engine of ENGINES) {
  Deno.test(`${engine}: a job beside another tenant's thousands takes at most twice as long as alone`, async () => {
    await using world = await World.open();
    const [acme, globex] = [await world.company("acme"), await world.company("globex")];
    let starts = 0;
    const options = doing(async () => {
      starts++;
      await new Promise((done) => setTimeout(done, 40));
    });
    await using worker = await startWorker(world, engine, options);
    const timeOfOne = async () => {
      const started = performance.now();
      const id = await globex.ctx.tx((tx) => enqueue(globex.ctx, tx, JOB, PAYLOAD));
      await until(async () => (await jobOf(world, id!)).state === "done");
      return performance.now() - started;
    };
    const timeOfSome = async () => median([await timeOfOne(), await timeOfOne(), await timeOfOne()]);
    const alone = await timeOfSome();

    await acme.ctx.tx((tx) =>
      enqueueAll(acme.ctx, tx, JOB, Array.from({ length: 2_000 }, () => ({ payload: PAYLOAD })))
    );
    await until(() => starts > 20);
    const beside = await timeOfSome();
    await world.system.control.delete(outbox).where(eq(outbox.state, "ready"));
    await worker.idle();

    assert.ok(beside < 2 * alone + 30, `alone ${alone} ms, beside the other tenant's jobs ${beside} ms`);
  });
}
