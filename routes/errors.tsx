import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import { conflict, DomainError, invalid, unavailable } from "../src/errors.ts";
import {
  isConnectionFailure,
  isDateOutOfRange,
  isForeignKeyViolation,
  isOutOfRoom,
  isTimeout,
} from "../src/platform/database_errors.ts";
import { describeError, logOf } from "../src/platform/log.ts";
import { type Problem, problem } from "../src/platform/problem.ts";
import { explainLoss, explainMissingRole } from "../src/tenancy/admission.ts";
import { problem as problemJson } from "./api/problem.ts";
import { errorPage } from "./error_pages.tsx";
import type { HttpEnv } from "./http.ts";
import { isForPrograms } from "./mount.ts";

const DATABASE_UNREACHABLE = problem(
  "database_unreachable",
  "We're having trouble right now. Try again in a minute.",
);
const DATABASE_FULL = problem("database_full", "We can't save changes right now. Try again in a minute.");
const STILL_IN_USE = problem("still_in_use", "Something else still uses this. Change or delete that first.");
const DATE_OUT_OF_RANGE = problem("date_out_of_range", "A date or time is out of range.");

/** Takes the place of a problem's code for errors that the product doesn't expect. */
const UNEXPECTED = "internal_error";
/** Long, because a person has to free space on a full disk. */
const FULL_RETRY_SECONDS = 60;

const log = logOf("http");

/** Answers an error in the format of the request's mount: problem+json, a page, or a toast for htmx. */
export async function respondToError<Env extends HttpEnv>(
  c: Context<Env>,
  thrown: unknown,
): Promise<Response> {
  const error = await toKnownError(c, thrown);
  logFailure(c, error);
  c.set("errorCode", error instanceof DomainError ? error.problem.code : UNEXPECTED);
  return isForPrograms(c) ? problemJson(c, error) : await errorPage(c, error);
}

/** Maps expected failures, such as Hono's HTTP errors and an unreachable database, to a `DomainError`. */
async function toKnownError<Env extends HttpEnv>(c: Context<Env>, thrown: unknown): Promise<unknown> {
  if (thrown instanceof HTTPException && thrown.status < 500) return invalid({ body: problemOfHono(thrown) });
  if (thrown instanceof Error && thrown.cause instanceof DomainError) return thrown.cause; // Drizzle wraps it
  if (isConnectionFailure(thrown) || isTimeout(thrown)) {
    return unavailable(DATABASE_UNREACHABLE);
  }
  if (isOutOfRoom(thrown)) {
    logOf("database").error("the database has no room left", describeError(thrown));
    return unavailable(DATABASE_FULL, FULL_RETRY_SECONDS);
  }
  if (isForeignKeyViolation(thrown)) return conflict(STILL_IN_USE);
  if (isDateOutOfRange(thrown)) return invalid({}, DATE_OUT_OF_RANGE);
  const tenant = c.get("target");
  const loss = tenant && await explainLoss(c.get("services"), tenant, thrown);
  return loss ?? explainMissingRole(thrown) ?? thrown;
}

/** Hono's own message, such as "Malformed JSON in request body". */
function problemOfHono({ message }: HTTPException): Problem {
  return { code: "request_malformed", english: message, values: {} };
}

/** Logs an unexpected error with the request's id. The person sees only that id. */
function logFailure<Env extends HttpEnv>(c: Context<Env>, error: unknown): void {
  if (error instanceof DomainError) return;
  log.error("request failed", {
    requestId: c.get("requestId"),
    tenantId: c.get("target")?.id,
    ...describeError(error),
  });
}
