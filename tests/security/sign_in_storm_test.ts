import assert from "node:assert/strict";
import { storm } from "../support/sign_in_storm.ts";
import { ACCOUNT, StormServer } from "../support/storm_server.ts";

/** Protects: many people who sign in at once neither fill the memory nor stop the server. `bench storm` has 200. */

const SIGN_INS = 60;
/** Without the queue, 60 hashes at once take 1.1 GB and more. */
const MOST_MEGABYTES = 250;

Deno.test("S52 60 sign-ins at once are queued: all succeed, and the memory stays flat", async () => {
  await using started = await StormServer.start();

  const { statuses, memory } = await storm(started.server, ACCOUNT, SIGN_INS);

  assert.deepEqual(statuses, { 200: SIGN_INS });
  assert.ok(memory.peak - memory.before < MOST_MEGABYTES, `${memory.before} MB to ${memory.peak} MB`);
});
