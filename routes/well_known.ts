import { type Context, Hono } from "hono";
import { after, DAY } from "../src/platform/clock.ts";
import type { HttpEnv } from "./http.ts";
import { PUBLIC_PATHS } from "./site/public_paths.ts";

/** RFC 9116 recommends less than a year. */
const SECURITY_TXT_LIFETIME = 180 * DAY;
const ONE_HOUR = { "Cache-Control": "public, max-age=3600" };

/** The addresses on the apex that search engines, password managers and security researchers know. */
export const apexWellKnown = new Hono<HttpEnv>();

apexWellKnown.get("/robots.txt", (c) => {
  const { origin } = c.get("services").config.appUrl;
  const allowed = PUBLIC_PATHS.map((path) => `Allow: ${path}$`);
  const lines = [
    "User-agent: *",
    ...allowed,
    "Allow: /static/",
    "Disallow: /",
    "",
    `Sitemap: ${origin}/sitemap.xml`,
  ];
  return c.text(`${lines.join("\n")}\n`, 200, ONE_HOUR);
});

apexWellKnown.get("/sitemap.xml", (c) => {
  const { origin } = c.get("services").config.appUrl;
  const urls = PUBLIC_PATHS.map((path) => `  <url><loc>${origin}${path}</loc></url>`);
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">',
    ...urls,
    "</urlset>",
  ];
  return c.body(`${lines.join("\n")}\n`, 200, { ...ONE_HOUR, "Content-Type": "application/xml" });
});

apexWellKnown.get("/.well-known/security.txt", sendSecurityTxt);
apexWellKnown.get("/.well-known/change-password", (c) => c.redirect("/forgot-password", 302));

/** The same on the hosts of workspaces, which aren't for search engines. */
export const tenantWellKnown = new Hono<HttpEnv>();

tenantWellKnown.get("/robots.txt", (c) => c.text("User-agent: *\nDisallow: /\n", 200, ONE_HOUR));
tenantWellKnown.get("/.well-known/security.txt", sendSecurityTxt);
tenantWellKnown.get("/.well-known/change-password", (c) => c.redirect("/account/security", 302));

/** RFC 9116. */
function sendSecurityTxt(c: Context<HttpEnv>): Response {
  const { config, clock } = c.get("services");
  const lines = [
    `Contact: ${config.securityContact}`,
    `Expires: ${after(clock.now(), SECURITY_TXT_LIFETIME).toISOString()}`,
    "Preferred-Languages: en",
    `Canonical: ${config.appUrl.origin}/.well-known/security.txt`,
  ];
  return c.text(`${lines.join("\n")}\n`, 200, ONE_HOUR);
}
