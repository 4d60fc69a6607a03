import assert from "node:assert/strict";
import { signIn, storm } from "../support/sign_in_storm.ts";
import { ACCOUNT, StormServer } from "../support/storm_server.ts";

/** Protects: the server stays responsive while many people sign in. */

Deno.test("S52 while many people sign in", async (t) => {
  await using started = await StormServer.start();
  const { server } = started;

  await t.step("/health answers within 100 ms (p99)", async () => {
    const { health } = await storm(server, ACCOUNT, 60);

    const p99 = health.toSorted((one, other) => one - other)[Math.floor(health.length * 0.99)]!;
    assert.ok(p99 < 100, `${p99} ms`);
  });

  await t.step("those who go away give up their places in the queue", async () => {
    const leaving = new AbortController();
    const gone = Array.from({ length: 150 }, () => signIn(server, ACCOUNT, leaving.signal));
    await new Promise((done) => setTimeout(done, 300)); // by then they all wait

    leaving.abort();
    await Promise.allSettled(gone);
    const started = performance.now();
    const status = await signIn(server, ACCOUNT);
    const milliseconds = performance.now() - started;

    assert.equal(status, 200);
    assert.ok(milliseconds < 1_500, `${milliseconds} ms; the whole queue takes 4 s and more`);
  });
});
