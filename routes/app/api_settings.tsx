import type { Context } from "hono";
import { z } from "zod";
import { authorize } from "../../src/access/authorize.ts";
import { apiOrigins } from "../../src/tenancy/api_origins.ts";
import { updateTenant } from "../../src/tenancy/lifecycle.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import { SETTINGS_MANAGE } from "../../src/tenancy/permissions.ts";
import { ApiSettingsPage } from "../../views/pages/settings/api_settings_page.tsx";
import { settingsText } from "../../views/pages/settings/text.ts";
import type { Fields, MemberEnv } from "../http.ts";
import { localeOf } from "../locale.ts";
import { form, type Page, page, type RefusedForm } from "../page.tsx";
import { MemberPages } from "./member_pages.ts";

const PATH = "/settings/api";

/** One website a line. */
const originsForm = z.preprocess(
  ({ api_origins = "" }: Fields) => ({
    apiOrigins: api_origins.split("\n").map((line) => line.trim()).filter(Boolean),
  }),
  z.object({ apiOrigins }),
);

/** Which websites may call the workspace's API. */
const pages = new MemberPages({
  label: (locale) => settingsText.of(locale).api,
  href: PATH,
  group: "settings",
  position: 50,
  permission: SETTINGS_MANAGE,
});
export default pages;

pages.get(PATH, (c) => {
  authorize(c.get("member"), SETTINGS_MANAGE);
  return page(c, apiPage(c));
});

pages.post(PATH, (c) => {
  const { system, tenant } = c.get("member");
  return form(c, {
    schema: originsForm,
    submit: async (input) => await updateTenant(await openTenant(system, tenant.id), input),
    done: () => ({ to: PATH, flash: settingsText.of(localeOf(c)).originsSaved }),
    refused: (refused) => apiPage(c, refused),
  });
});

function apiPage(c: Context<MemberEnv>, refused?: RefusedForm): Page {
  const { tenant } = c.get("member");
  const text = settingsText.of(localeOf(c));
  const body = (
    <ApiSettingsPage
      origins={refused?.values.api_origins ?? tenant.apiOrigins.join("\n")}
      error={refused?.errors.api_origins}
    />
  );
  return { title: text.api, trail: [{ label: text.settings, href: "/settings" }], body };
}
