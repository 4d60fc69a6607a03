import type { Handler } from "hono";
import { sha256 } from "../../src/platform/crypto.ts";
import { EncodedContent } from "../encoded_content.ts";
import type { HttpEnv } from "../http.ts";
import { openApiDocument } from "./api.ts";

const FIVE_MINUTES = "public, max-age=300";

/** Serves the OpenAPI document for the server at `origin`. The document never changes while a process runs, so build it once. */
export function serveOpenApi(origin: string): Handler<HttpEnv> {
  let built: { file: EncodedContent; etag: string } | undefined;
  return (c) => {
    built ??= build(origin);
    const headers = { "ETag": built.etag, "Cache-Control": FIVE_MINUTES };
    if (matchesEtag(c.req.header("If-None-Match") ?? "", built.etag)) return c.body(null, 304, headers);
    return built.file.send(c, headers);
  };
}

function build(origin: string) {
  const text = JSON.stringify(openApiDocument(origin));
  const file = new EncodedContent("application/json", new TextEncoder().encode(text));
  return { file, etag: `"${sha256(text)}"` };
}

/** RFC 9110, section 13.1.2: compares weakly with each tag of the list. `*` matches any tag. */
function matchesEtag(ifNoneMatch: string, etag: string): boolean {
  return ifNoneMatch.split(",").some((tag) => ["*", etag].includes(tag.trim().replace(/^W\//, "")));
}
