import assert from "node:assert/strict";
import { storm } from "../support/sign_in_storm.ts";
import { ACCOUNT, StormServer } from "../support/storm_server.ts";

/** Protects: many sign-ins at once neither exhaust memory nor stop the server. `bench storm` tries 200. */

const SIGN_INS = 60;
/** Without the queue, 60 hashes at once take more than 1.1 GB. */
const MOST_MEGABYTES = 250;

Deno.test("S52 60 sign-ins at once are queued: all succeed, and memory stays flat", async () => {
  await using started = await StormServer.start();

  const { statuses, memory } = await storm(started.server, ACCOUNT, SIGN_INS);

  assert.deepEqual(statuses, { 200: SIGN_INS });
  assert.ok(memory.peak - memory.before < MOST_MEGABYTES, `${memory.before} MB to ${memory.peak} MB`);
});
