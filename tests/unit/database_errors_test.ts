import assert from "node:assert/strict";
import {
  isConnectionFailure,
  isForeignKeyViolation,
  isOutOfRoom,
} from "../../src/platform/database_errors.ts";

/** Protects: error codes distinguish database trouble from our own bugs. */

Deno.test("errors about missing space are recognized, also inside Drizzle's error", () => {
  for (const code of ["53000", "53100", "53200", "53400", "58030", "ENOSPC", "EDQUOT"]) {
    assert.equal(isOutOfRoom(failure(code)), true, code);
  }
  assert.equal(isOutOfRoom(failure("23505")), false);
});

Deno.test("an unreachable database and an ended session are recognized", () => {
  for (
    const code of ["CONNECTION_CLOSED", "ECONNREFUSED", "08006", "53300", "57P01", "57P03", "57P05", "25P03"]
  ) {
    assert.equal(isConnectionFailure(failure(code)), true, code);
  }
  assert.equal(isConnectionFailure(failure("42601")), false);
});

Deno.test("a row that others refer to is recognized", () => {
  assert.equal(isForeignKeyViolation(failure("23503")), true);
  assert.equal(isForeignKeyViolation(failure("23505")), false);
});

/** A failed query as Drizzle reports it. */
function failure(code: string): Error {
  return new Error("failed query", { cause: Object.assign(new Error(code), { code }) });
}
