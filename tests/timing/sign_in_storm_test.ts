import assert from "node:assert/strict";
import { storm } from "../support/sign_in_storm.ts";
import { ACCOUNT, StormServer } from "../support/storm_server.ts";

/** Protects: the server stays responsive while many people sign in. */

Deno.test("S52 /health answers within 100 ms (p99) while 60 people sign in", async () => {
  await using started = await StormServer.start();

  const { health } = await storm(started.server, ACCOUNT, 60);

  const p99 = health.toSorted((one, other) => one - other)[Math.floor(health.length * 0.99)]!;
  assert.ok(p99 < 100, `${p99} ms`);
});
