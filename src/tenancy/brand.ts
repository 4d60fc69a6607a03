import { eq, sql } from "drizzle-orm";
import { brandLogo } from "../../db/tenant/schema/brand.ts";
import { systemActor } from "../access/actor.ts";
import { authorize } from "../access/authorize.ts";
import { type SystemContext, type TenantContext, tenantContext } from "../context.ts";
import { type DomainError, invalid, notFound } from "../errors.ts";
import { sha256OfBytes } from "../platform/crypto.ts";
import { type ImageProblem, measureImage, type ReencodedImage } from "../platform/image.ts";
import { reencodeOnThread } from "../platform/image_thread.ts";
import { type Problem, problem } from "../platform/problem.ts";
import { tenantChanges, updateTenant } from "./lifecycle.ts";
import { SETTINGS_MANAGE } from "./permissions.ts";
import type { Tenant } from "./tenant.ts";

export const MAX_LOGO_BYTES = 1024 * 1024;
export const MAX_LOGO_SIDE = 4096; // pixels
const LIMITS = { maxSide: MAX_LOGO_SIDE, maxPixels: 4_000_000, fitInto: 512 };
/** 64 bits of the hash tell the logos of one tenant apart. */
const VERSION_LETTERS = 16;

const READER = systemActor("Logo");

const LOGO_NOT_FOUND = problem("logo_not_found", "This logo was not found.");

const PROBLEMS: Record<ImageProblem, Problem> = {
  not_an_image: problem("not_an_image", "Choose a PNG, JPEG or WebP image."),
  too_many_pixels: problem(
    "image_too_large",
    "Choose an image of at most 4 megapixels and 4,096 pixels a side.",
  ),
  unreadable: problem(
    "image_unreadable",
    "This image can't be read. Save it again as PNG, then try again.",
  ),
};

export const brandChanges = tenantChanges.pick({ brandColor: true }).required();

/** `logo` is a new image file. Undefined keeps the current logo. */
export type BrandChanges = { brandColor: string | null; logo?: Uint8Array<ArrayBuffer> };

/** `version` is what its current URL contains. */
export type Logo = { bytes: Uint8Array<ArrayBuffer>; mediaType: "image/png"; version: string };

/** Changes the color and the logo. Throws `forbidden`, `suspended`, or `invalid` on `logo`. */
export async function updateBrand(ctx: TenantContext, { brandColor, logo }: BrandChanges): Promise<Tenant> {
  authorize(ctx, SETTINGS_MANAGE);
  if (!logo) return await updateTenant(ctx, { brandColor });
  const header = measureImage(logo, LIMITS);
  if (typeof header === "string") throw unusable(header);
  const image = await reencodeOnThread(logo, LIMITS);
  if (typeof image === "string") throw unusable(image);
  return await updateTenant(ctx, { brandColor, logoVersion: await store(ctx, image) });
}

/** The mark is the name's first letter again. Throws `forbidden` or `suspended`. */
export async function removeLogo(ctx: TenantContext): Promise<Tenant> {
  authorize(ctx, SETTINGS_MANAGE);
  const tenant = await updateTenant(ctx, { logoVersion: null });
  const former = ctx.tenant.brand.logo;
  // A logo that someone else stored meanwhile stays.
  if (former) {
    await ctx.tx((tx) => tx.delete(brandLogo).where(sql`starts_with(${brandLogo.sha256}, ${former})`));
  }
  return tenant;
}

/** A tenant's logo, which everyone may see while the tenant is active. Throws `not_found`. */
export async function getLogo({ services, requestId }: SystemContext, tenant: Tenant | null): Promise<Logo> {
  if (tenant?.status !== "active" || !tenant.brand.logo) throw notFound(LOGO_NOT_FOUND);
  const [[row]] = await tenantContext(services, tenant, READER, requestId).read((tx) => [
    tx.select().from(brandLogo).where(eq(brandLogo.slot, 1)),
  ]);
  if (!row) throw notFound(LOGO_NOT_FOUND);
  return { bytes: row.bytes, mediaType: row.mediaType, version: versionOf(row.sha256) };
}

/**
 * Stores the image before the tenant's record names it, so pages never show a URL without an image. If two people upload at once,
 * the later image is shown, whichever version the record names.
 */
async function store(ctx: TenantContext, { bytes, mediaType }: ReencodedImage): Promise<string> {
  const sha256 = sha256OfBytes(bytes);
  const image = { bytes, mediaType, sha256, createdAt: ctx.services.clock.now() };
  await ctx.tx((tx) =>
    tx.insert(brandLogo).values(image).onConflictDoUpdate({ target: brandLogo.slot, set: image })
  );
  return versionOf(sha256);
}

function versionOf(sha256: string): string {
  return sha256.slice(0, VERSION_LETTERS);
}

function unusable(problem: ImageProblem): DomainError {
  return invalid({ logo: PROBLEMS[problem] });
}
