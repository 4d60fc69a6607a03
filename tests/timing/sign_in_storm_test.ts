import assert from "node:assert/strict";
import type { ServerProcess } from "../support/process.ts";
import { signIn, storm } from "../support/sign_in_storm.ts";
import { ACCOUNT, StormServer } from "../support/storm_server.ts";

/** Protects: many sign-ins at once neither exhaust memory nor stop the server. `bench storm` tries 200. */

const SIGN_INS = 60;
/** Without the queue, 60 hashes at once take more than 1.1 GB. */
const MOST_MEGABYTES = 250;
/** Other load on the machine only adds time. */
const MOST_STORMS = 3;

Deno.test("S52 the server stays responsive during many sign-ins", async (t) => {
  await using storming = await StormServer.start();
  const { server } = storming;

  await t.step(
    "memory stays flat, and a sign-in that would wait too long gets a 503 with Retry-After",
    async () => {
      const { statuses, retryAfter, memory } = await storm(server, ACCOUNT, SIGN_INS);

      const { 200: signedIn = 0, 503: refused = 0 } = statuses;
      assert.ok(memory.peak - memory.before < MOST_MEGABYTES, `${memory.before} MB to ${memory.peak} MB`);
      assert.equal(signedIn + refused, SIGN_INS);
      assert.ok(signedIn > SIGN_INS / 10, `${signedIn} of ${SIGN_INS} signed in`);
      assert.deepEqual(retryAfter.filter((seconds) => !(Number(seconds) > 0)), []);
    },
  );

  await t.step(
    "/health answers within 100 ms (p99), or three times its calm time on a busy machine",
    async () => {
      let best = { p99: Infinity, limit: 100 };
      for (let storms = 0; storms < MOST_STORMS && best.p99 >= best.limit; storms++) {
        const { calm, health } = await storm(server, ACCOUNT, SIGN_INS);
        const measured = { p99: p99Of(health), limit: Math.max(100, 3 * p99Of(calm)) };
        if (measured.p99 < best.p99) best = measured;
      }

      assert.ok(best.p99 < best.limit, `${best.p99} ms, limit ${best.limit} ms`);
    },
  );

  await t.step("disconnected clients leave the queue", async () => {
    const alone = await timeOfSignIn(server);
    const leaving = new AbortController();
    const gone = Array.from({ length: 150 }, () => signIn(server, ACCOUNT, leaving.signal));
    await new Promise((done) => setTimeout(done, 300)); // by then they wait

    leaving.abort();
    await Promise.allSettled(gone);
    const afterwards = await timeOfSignIn(server);

    assert.ok(
      afterwards < 20 * alone,
      `${afterwards} ms, alone ${alone} ms; the whole queue takes 75 times as long`,
    );
  });
});

/** Milliseconds until a sign-in succeeds. */
async function timeOfSignIn(server: ServerProcess): Promise<number> {
  const started = performance.now();
  while (await signIn(server, ACCOUNT) !== 200);
  return performance.now() - started;
}

function p99Of(times: number[]): number {
  return times.toSorted((one, other) => one - other)[Math.floor(times.length * 0.99)]!;
}
