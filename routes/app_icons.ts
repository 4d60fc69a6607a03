import { type AppIcon, drawAppIcon } from "../src/platform/app_icon.ts";
import { MemoryCache } from "../src/platform/cache.ts";
import { HOUR } from "../src/platform/clock.ts";
import { sha256 } from "../src/platform/crypto.ts";
import type { Tenant } from "../src/tenancy/tenant.ts";
import { initialOf } from "../views/components/tenant_mark.tsx";
import { inkOn, PRODUCT_COLOR } from "../views/emails/palette.ts";
import type { AppLook } from "../views/page.tsx";

const VERSION_LETTERS = 12;

/** The icons of an installed workspace, by path. iOS cuts its icon into a shape and ignores transparency. */
export const APP_ICONS = {
  "/brand/icon-192.png": { shape: "rounded", side: 192 },
  "/brand/icon-512.png": { shape: "rounded", side: 512 },
  "/brand/icon-maskable-512.png": { shape: "full", side: 512 },
  "/brand/icon-apple-180.png": { shape: "full", side: 180 },
} as const satisfies Record<string, Pick<AppIcon, "shape" | "side">>;

export type AppIconPath = keyof typeof APP_ICONS;

type Branded = Pick<Tenant, "name" | "brand">;

/** Drawing takes some milliseconds, and workspaces with the same initial and color share an icon. */
const drawn = new MemoryCache<Uint8Array>({ capacity: 200, ttl: HOUR });

/** How a workspace's installed app looks. Absent for other hosts, and for a workspace that answers nobody. */
export function appLookOf(tenant: Tenant | null): AppLook | undefined {
  if (tenant?.status !== "active") return undefined;
  return {
    name: tenant.name,
    color: appColorOf(tenant),
    iconUrl: appIconUrl("/brand/icon-apple-180.png", tenant),
  };
}

export function appColorOf({ brand }: Pick<Tenant, "brand">): string {
  return brand.color ?? PRODUCT_COLOR;
}

/** The path of an icon with the version that is current. */
export function appIconUrl(path: AppIconPath, tenant: Branded): string {
  return `${path}?v=${appIconVersion(tenant)}`;
}

/** Changes with what the icons show. */
export function appIconVersion(tenant: Branded): string {
  return sha256(`${initialOf(tenant.name)} ${appColorOf(tenant)}`).slice(0, VERSION_LETTERS);
}

/** A workspace's icon as a PNG file. */
export function appIconOf(tenant: Branded, path: AppIconPath): Promise<Uint8Array> {
  const fill = appColorOf(tenant);
  return drawn.getOrLoad(
    `${path} ${appIconVersion(tenant)}`,
    () => drawAppIcon({ ...APP_ICONS[path], letter: initialOf(tenant.name), fill, ink: inkOn(fill) }),
  );
}
