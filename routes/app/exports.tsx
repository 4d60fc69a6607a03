import { type Context, Hono } from "hono";
import { z } from "zod";
import { findLastExport, openExport, openExportLink, requestExport } from "../../src/exports/exports.ts";
import { DATA_EXPORT } from "../../src/exports/permissions.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import { DataPage } from "../../views/pages/exports/data_page.tsx";
import { exportsText } from "../../views/pages/exports/text.ts";
import { sendArchive } from "../downloads.ts";
import { type MemberEnv, systemContextOf, type TenantEnv } from "../http.ts";
import { localeOf } from "../locale.ts";
import { form, type Page, page } from "../page.tsx";
import { MemberPages } from "./member_pages.ts";

const PATH = "/settings/data";

/** An owner downloads everything that the workspace contains. */
const pages = new MemberPages({
  label: (locale) => exportsText.of(locale).title,
  href: PATH,
  group: "settings",
  position: 65,
  permission: DATA_EXPORT,
});
export default pages;

/** Links for programs, which aren't signed in. */
export const exportLinks = new Hono<TenantEnv>();

exportLinks.get("/exports/:id", async (c) => {
  const { expires = "", signature = "" } = c.req.query();
  const link = { id: c.req.param("id"), expires, signature };
  return sendArchive(c, await openExportLink(systemContextOf(c), c.get("tenant"), link));
});

pages.get(PATH, async (c) => await page(c, await dataPage(c)));

pages.post(PATH, (c) => {
  return form(c, {
    schema: z.object({}),
    submit: async () => await requestExport(await current(c)),
    done: () => ({ to: PATH, flash: exportsText.of(localeOf(c)).started }),
    refused: () => dataPage(c),
  });
});

pages.get(`${PATH}/:id/archive`, async (c) => {
  return sendArchive(c, await openExport(await current(c), c.req.param("id")));
});

/** Reads the member's current role, because the session may hold an old role for a few seconds. */
function current(c: Context<MemberEnv>) {
  const { system, tenant } = c.get("member");
  return openTenant(system, tenant.id);
}

async function dataPage(c: Context<MemberEnv>): Promise<Page> {
  const text = exportsText.of(localeOf(c));
  const ctx = await current(c);
  const props = { last: await findLastExport(ctx), now: ctx.services.clock.now() };
  return {
    title: text.title,
    trail: [{ label: text.settings, href: "/settings" }],
    body: <DataPage {...props} />,
  };
}
