import type { Context } from "hono";
import { z } from "zod";
import { authorize } from "../../src/access/authorize.ts";
import { brandChanges, MAX_LOGO_BYTES, removeLogo, updateBrand } from "../../src/tenancy/brand.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import { SETTINGS_MANAGE } from "../../src/tenancy/permissions.ts";
import type { TenantBrand } from "../../src/tenancy/tenant.ts";
import { BrandPage } from "../../views/pages/brand/brand_page.tsx";
import { brandText } from "../../views/pages/brand/text.ts";
import { settingsText } from "../../views/pages/settings/text.ts";
import { formParts } from "../form_parts.ts";
import type { Fields, MemberEnv } from "../http.ts";
import { localeOf } from "../locale.ts";
import { ownMark } from "../logos.ts";
import { acceptBody, KILOBYTE } from "../middleware/body.ts";
import { done, form, type Page, page, type RefusedForm } from "../page.tsx";
import { MemberPages } from "./member_pages.ts";

/** Larger than a logo may be, so that the form can come back with its values and an error. */
const MAX_FILE_BYTES = 5 * MAX_LOGO_BYTES;
const FILES = acceptBody({
  kind: "files",
  maxFileBytes: MAX_FILE_BYTES,
  maxBytes: MAX_FILE_BYTES + 64 * KILOBYTE,
});

/** People type `1d59b3`, too. Nothing means the product's color. */
const brandForm = z.preprocess(
  ({ brand_color = "" }: Fields) => ({
    brandColor: brand_color.trim().replace(/^(?=[0-9a-f]{6}$)/i, "#") || null,
  }),
  brandChanges,
);

const pages = new MemberPages({
  label: (locale) => brandText.of(locale).title,
  href: "/settings/brand",
  position: 20,
  group: "settings",
});
export default pages;

pages.get("/settings/brand", (c) => {
  authorize(c.get("member"), SETTINGS_MANAGE);
  return page(c, brandPage(c));
});

pages.post("/settings/brand", FILES, async (c) => {
  const { system, tenant } = c.get("member");
  const ctx = await openTenant(system, tenant.id);
  authorize(ctx, SETTINGS_MANAGE); // before the file is read
  const { fields, logo } = await readBrandForm(c);
  const text = brandText.of(localeOf(c));
  if (logo && logo.length > MAX_LOGO_BYTES) {
    return await page(c, {
      ...brandPage(c, { values: fields, errors: { logo: text.tooLarge } }),
      status: 413,
    });
  }
  return await form(c, {
    fields,
    schema: brandForm,
    submit: ({ brandColor }) => updateBrand(ctx, { brandColor, logo }),
    done: ({ brand }) => ({
      to: "/settings/brand",
      flash: isSame(brand, ctx.tenant.brand) ? text.unchanged : text.saved,
    }),
    refused: (refused) => brandPage(c, refused),
  });
});

pages.post("/settings/brand/logo/removal", async (c) => {
  const { system, tenant } = c.get("member");
  await removeLogo(await openTenant(system, tenant.id));
  return await done(c, { to: "/settings/brand", flash: brandText.of(localeOf(c)).removed });
});

function brandPage(c: Context<MemberEnv>, refused?: RefusedForm): Page {
  return {
    title: brandText.of(localeOf(c)).title,
    trail: [{ label: settingsText.of(localeOf(c)).settings, href: "/settings" }],
    body: <BrandPage mark={ownMark(c.get("tenant"))} refused={refused} />,
  };
}

async function readBrandForm(
  c: Context<MemberEnv>,
): Promise<{ fields: Fields; logo?: Uint8Array<ArrayBuffer> }> {
  const fields: Fields = {};
  let logo: Uint8Array<ArrayBuffer> | undefined;
  for await (const part of formParts(c)) {
    if (part.kind === "text") fields[part.name] = part.value;
    else if (part.name === "logo") logo = Uint8Array.from(part.bytes);
  }
  return { fields, logo };
}

function isSame(one: TenantBrand, other: TenantBrand): boolean {
  return one.color === other.color && one.logo === other.logo;
}
