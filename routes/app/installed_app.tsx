import { type Context, Hono } from "hono";
import { notFound } from "../../src/errors.ts";
import type { Tenant } from "../../src/tenancy/tenant.ts";
import { OfflinePage } from "../../views/pages/offline/offline_page.tsx";
import { offlineText } from "../../views/pages/offline/text.ts";
import { contentEtag, hasCurrent } from "../api/etags.ts";
import {
  APP_ICONS,
  appColorOf,
  appIconOf,
  type AppIconPath,
  appIconUrl,
  appIconVersion,
} from "../app_icons.ts";
import { type HttpEnv, PAGE_NOT_FOUND } from "../http.ts";
import { localeOf } from "../locale.ts";
import { page } from "../page.tsx";

const FIVE_MINUTES = "public, max-age=300";
const ONE_YEAR = "public, max-age=31536000, immutable";
/** Home screens cut off longer names. */
const MAX_SHORT_NAME_LENGTH = 12;

/** What a browser needs to install a workspace as an app. Everyone may read it, as people install it before they sign in, too. */
export const installedApp = new Hono<HttpEnv>();

installedApp.get("/manifest.webmanifest", (c) => {
  const manifest = JSON.stringify(manifestOf(tenantOf(c)));
  const etag = contentEtag(manifest);
  const headers = { "Cache-Control": FIVE_MINUTES, ETag: etag };
  if (hasCurrent(c, etag)) return c.body(null, 304, headers);
  return c.body(manifest, 200, { ...headers, "Content-Type": "application/manifest+json" });
});

installedApp.get("/offline", (c) => {
  c.set("session", null); // browsers store this page, so it is the same for everyone
  return page(c, { title: offlineText.of(localeOf(c)).title, body: <OfflinePage /> });
});

for (const path of Object.keys(APP_ICONS) as AppIconPath[]) {
  installedApp.get(path, async (c) => {
    const tenant = tenantOf(c);
    const isCurrent = c.req.query("v") === appIconVersion(tenant);
    return c.body(await appIconOf(tenant, path) as Uint8Array<ArrayBuffer>, 200, {
      "Content-Type": "image/png",
      "Cache-Control": isCurrent ? ONE_YEAR : FIVE_MINUTES,
    });
  });
}

/** The web app manifest (https://www.w3.org/TR/appmanifest/). The icon stands on its own color while the app opens. */
function manifestOf(tenant: Tenant) {
  const color = appColorOf(tenant);
  return {
    id: "/",
    name: tenant.name,
    short_name: shortNameOf(tenant.name),
    dir: "auto",
    start_url: "/dashboard",
    scope: "/",
    display: "standalone",
    theme_color: color,
    background_color: color,
    icons: [
      iconOf(tenant, "/brand/icon-192.png", "any"),
      iconOf(tenant, "/brand/icon-512.png", "any"),
      iconOf(tenant, "/brand/icon-maskable-512.png", "maskable"),
    ],
  };
}

function iconOf(tenant: Tenant, path: AppIconPath, purpose: "any" | "maskable") {
  const { side } = APP_ICONS[path];
  return { src: appIconUrl(path, tenant), sizes: `${side}x${side}`, type: "image/png", purpose };
}

/** As many whole words as fit, or the start of the first one. */
function shortNameOf(name: string): string {
  const words = name.trim().split(/\s+/);
  const lengths = words.map((_, index) => [...words.slice(0, index + 1).join(" ")].length);
  const fitting = lengths.filter((length) => length <= MAX_SHORT_NAME_LENGTH).length;
  if (fitting > 0) return words.slice(0, fitting).join(" ");
  return [...words[0]!].slice(0, MAX_SHORT_NAME_LENGTH).join("");
}

function tenantOf(c: Context<HttpEnv>): Tenant {
  const tenant = c.get("tenant");
  if (!tenant) throw notFound(PAGE_NOT_FOUND);
  return tenant;
}
