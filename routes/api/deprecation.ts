import type { MiddlewareHandler } from "hono";
import { createMiddleware } from "hono/factory";

/** An operation that clients should stop using. */
export type Deprecation = {
  since: Date;
  /** From when on it may be gone. */
  sunset?: Date;
  /** The URL of the page that says what to use instead. */
  guide: string;
};

/** The headers `Deprecation` (RFC 9745), `Sunset` (RFC 8594), and `Link` to the guide (RFC 8288). */
function deprecationHeaders({ since, sunset, guide }: Deprecation): Record<string, string> {
  return {
    Deprecation: `@${Math.floor(since.getTime() / 1_000)}`,
    ...(sunset && { Sunset: sunset.toUTCString() }),
    Link: `<${guide}>; rel="deprecation"; type="text/html"`,
  };
}

/** Adds the headers of a deprecation to each response. */
export function announceDeprecation(deprecation: Deprecation): MiddlewareHandler {
  const headers = Object.entries(deprecationHeaders(deprecation));
  return createMiddleware(async (c, next) => {
    await next();
    for (const [name, value] of headers) c.res.headers.append(name, value);
  });
}
