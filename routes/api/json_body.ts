import type { Context, Env } from "hono";
import type { z } from "zod";
import { invalid, unsupportedMediaType } from "../../src/errors.ts";
import { problem } from "../../src/platform/problem.ts";
import { BODY_NOT_JSON } from "../middleware/body_content.ts";
import { readWire } from "../wire.ts";

const NOT_JSON = problem("content_type_not_json", "Send the body as Content-Type: application/json.");

const JSON_TYPE = /^application\/(?:[a-z0-9.-]+\+)?json\s*(?:;|$)/i;

/**
 * The JSON body of a request. Throws `invalid`, or `unsupported_media_type` for another format. A request without a body counts as
 * an empty object, so that the client learns which fields are missing.
 */
export async function readJsonBody<E extends Env, Body extends z.ZodObject>(
  c: Context<E>,
  schema: Body | undefined,
): Promise<z.output<Body>> {
  if (!schema) return {} as z.output<Body>;
  const text = await c.req.text();
  if (text === "") return readWire(schema, {});
  if (!JSON_TYPE.test(c.req.header("Content-Type") ?? "")) throw unsupportedMediaType(NOT_JSON);
  return readWire(schema, parseJson(text));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid({ body: BODY_NOT_JSON });
  }
}
