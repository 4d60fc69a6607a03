import type { Context, Env } from "hono";
import type { OpenExport } from "../src/exports/exports.ts";

/** Streams an archive as a file. Nobody else may keep it. */
export function sendArchive<E extends Env>(c: Context<E>, { body, size, fileName }: OpenExport): Response {
  return c.body(body, 200, {
    "Content-Type": "application/gzip",
    "Content-Length": String(size),
    "Content-Disposition": `attachment; filename="${fileName}"`,
    "Cache-Control": "no-store",
  });
}
