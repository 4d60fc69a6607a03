import type { Context } from "hono";
import type { z } from "zod";
import type { StoredAnswer } from "../../src/api_access/idempotency.ts";
import type { HttpEnv } from "../http.ts";
import { expectedVersions, requireMatch } from "./etags.ts";
import { readJsonBody } from "./json_body.ts";

/** The parsed request of an operation. */
export type Call<E extends HttpEnv, Body, Row = unknown> = {
  /** The parameter in the path, mostly an ID; empty if the path has none. */
  id: string;
  body: Body;
  /** The versions in `If-Match`; undefined for any version. */
  expectedVersions: readonly number[] | undefined;
  /** Throws `precondition_failed` if `If-Match` names another version than this one. Call it with the row locked. */
  requireMatch(row: Row): void;
  c: Context<E>;
};

/** What the operation declares about its request. */
type Reading<Body extends z.ZodObject, Row> = {
  body?: Body;
  versionOf?(row: Row): number;
  checksMatch?: boolean;
};

/** Reads the request. Throws `precondition_failed` for an `If-Match` that the operation wouldn't check. */
export async function readCall<E extends HttpEnv, Body extends z.ZodObject, Row>(
  c: Context<E>,
  { body, versionOf, checksMatch = false }: Reading<Body, Row>,
  toAnswer: (row: Row) => StoredAnswer,
): Promise<Call<E, z.output<Body>, Row>> {
  const isRead = ["GET", "HEAD"].includes(c.req.method);
  const ifMatch = isRead ? undefined : c.req.header("If-Match");
  if (!checksMatch) requireMatch(ifMatch, undefined);
  return {
    id: parameterOf(c),
    body: await readJsonBody(c, body),
    expectedVersions: checksMatch && versionOf ? expectedVersions(ifMatch) : undefined,
    requireMatch: (row) => requireMatch(ifMatch, toAnswer(row).headers.ETag),
    c,
  };
}

/** A path has one parameter at most. */
function parameterOf<E extends HttpEnv>(c: Context<E>): string {
  const [value = ""] = Object.values(c.req.param() as Record<string, string>);
  return value;
}
