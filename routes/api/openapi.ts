import type { Handler } from "hono";
import { sha256 } from "../../src/platform/crypto.ts";
import { EncodedContent } from "../encoded_content.ts";
import type { HttpEnv } from "../http.ts";
import { openApiDocument } from "./api.ts";
import { hasCurrent } from "./etags.ts";

const FIVE_MINUTES = "public, max-age=300";

/** Serves the OpenAPI document for the server at `origin`. The document never changes while a process runs, so build it once. */
export function serveOpenApi(origin: string): Handler<HttpEnv> {
  let built: { file: EncodedContent; etag: string } | undefined;
  return (c) => {
    built ??= build(origin);
    const headers = { "ETag": built.etag, "Cache-Control": FIVE_MINUTES };
    if (hasCurrent(c, built.etag)) return c.body(null, 304, headers);
    return built.file.send(c, headers);
  };
}

function build(origin: string) {
  const text = JSON.stringify(openApiDocument(origin));
  const file = new EncodedContent("application/json", new TextEncoder().encode(text));
  return { file, etag: `"${sha256(text)}"` };
}
