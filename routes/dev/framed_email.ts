import type { Context } from "hono";
import type { HttpEnv } from "../http.ts";

/**
 * An email's HTML for the frame on the preview page. It may load images, also from this server, and its own styles. It runs no
 * scripts, and only pages of the same host may frame it.
 */
export function framedEmail(c: Context<HttpEnv>, html: string): Response | Promise<Response> {
  const images = `data: https: ${c.get("services").config.appUrl.origin}`;
  c.header(
    "Content-Security-Policy",
    `default-src 'none'; style-src 'unsafe-inline'; img-src ${images}; frame-ancestors 'self'`,
  );
  c.header("X-Frame-Options", "SAMEORIGIN");
  return c.html(html);
}
