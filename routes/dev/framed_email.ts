import type { Context } from "hono";

/** An email may load images and its own styles. It runs no scripts, and only pages of the same host may frame it. */
const EMAIL_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data: https:; frame-ancestors 'self'";

/** An email's HTML for the frame on the preview page. */
export function framedEmail(c: Context, html: string): Response | Promise<Response> {
  c.header("Content-Security-Policy", EMAIL_POLICY);
  c.header("X-Frame-Options", "SAMEORIGIN");
  return c.html(html);
}
