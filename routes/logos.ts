import { type Context, Hono } from "hono";
import { getLogo } from "../src/tenancy/brand.ts";
import { logoUrl, type Tenant } from "../src/tenancy/tenant.ts";
import { TENANTS } from "../src/tenancy/tenant_directory.ts";
import type { Mark } from "../views/components/tenant_mark.tsx";
import { type HttpEnv, systemContextOf } from "./http.ts";

const ONE_YEAR = "public, max-age=31536000, immutable";
/** Emails keep the URL of the logo that was current when they were sent. */
const FIVE_MINUTES = "public, max-age=300";

/** `/brand/:id/logo` on the apex, for emails: their readers are signed in nowhere, and a workspace may move. */
export const emailedLogos = new Hono<HttpEnv>();

emailedLogos.get("/:id/logo", async (c) => {
  const tenant = await c.get("services").use(TENANTS).findById(c.req.param("id"));
  c.header("Cross-Origin-Resource-Policy", "cross-origin"); // email programs in the browser show it on their own pages
  return await sendLogo(c, tenant);
});

/** `/brand/logo` on a workspace's host, for its pages. */
export function sendOwnLogo(c: Context<HttpEnv>): Promise<Response> {
  return sendLogo(c, c.get("tenant"));
}

/** A tenant's mark on its own host. */
export function ownMark({ name, brand }: Pick<Tenant, "name" | "brand">): Mark {
  return { name, color: brand.color, logoUrl: brand.logo && `/brand/logo?v=${brand.logo}` };
}

/** A tenant's mark on any host. A suspended tenant has no logo. */
export function markOf(tenant: Tenant, appUrl: URL): Mark {
  const { name, brand, status } = tenant;
  return { name, color: brand.color, logoUrl: status === "active" ? logoUrl(appUrl, tenant) : null };
}

/** A URL with the current version is cached for good. */
async function sendLogo(c: Context<HttpEnv>, tenant: Tenant | null): Promise<Response> {
  const { bytes, mediaType, version } = await getLogo(systemContextOf(c), tenant);
  return c.body(bytes, 200, {
    "Content-Type": mediaType,
    "Cache-Control": c.req.query("v") === version ? ONE_YEAR : FIVE_MINUTES,
  });
}
