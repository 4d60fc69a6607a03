import type { Context } from "hono";

/** A mail may show pictures and its own styles. It runs nothing, and only pages of the same host frame it. */
const MAIL_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data: https:; frame-ancestors 'self'";

/** A mail's HTML, for the frame on the page that shows it. */
export function framedMail(c: Context, html: string): Response | Promise<Response> {
  c.header("Content-Security-Policy", MAIL_POLICY);
  c.header("X-Frame-Options", "SAMEORIGIN");
  return c.html(html);
}
