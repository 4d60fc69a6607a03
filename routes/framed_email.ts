import type { Context } from "hono";
import type { HttpEnv } from "./http.ts";

/**
 * An email's HTML for the frame on the preview page. It may load images, also from this server, and its own styles. It runs no
 * scripts, and only pages of the same host may frame it.
 */
export function framedEmail<Env extends HttpEnv>(
  c: Context<Env>,
  html: string,
): Response | Promise<Response> {
  c.header("X-Frame-Options", "SAMEORIGIN");
  return sendEmail(c, html, "'self'");
}

/** An email's HTML as a page of its own, which nobody may frame. */
export function emailPage<Env extends HttpEnv>(c: Context<Env>, html: string): Response | Promise<Response> {
  return sendEmail(c, html, "'none'");
}

function sendEmail<Env extends HttpEnv>(c: Context<Env>, html: string, ancestors: string) {
  const images = `data: https: ${c.get("services").config.appUrl.origin}`;
  c.header(
    "Content-Security-Policy",
    `default-src 'none'; style-src 'unsafe-inline'; img-src ${images}; base-uri 'none'; form-action 'none'; sandbox allow-popups allow-popups-to-escape-sandbox; frame-ancestors ${ancestors}`,
  );
  return c.html(html);
}
