import { type Context, Hono } from "hono";
import { StatusPage } from "../../views/pages/company/status_page.tsx";
import { companyText } from "../../views/pages/company/text.ts";
import { type TextName, TextPage } from "../../views/pages/company/text_page.tsx";
import type { HttpEnv } from "../http.ts";
import { localeOf } from "../locale.ts";
import { page } from "../page.tsx";

/** The pages about the company behind the product, and about the service's state. */
export const companyPages = new Hono<HttpEnv>();

for (const name of ["about", "privacy", "terms"] as const) {
  companyPages.get(`/${name}`, (c) => textPage(c, name));
}

companyPages.get("/status", async (c) => {
  const { title, description } = companyText.of(localeOf(c)).status;
  const report = await c.get("services").health.report();
  return await page(c, { title, description, wide: true, body: <StatusPage report={report} /> });
});

function textPage(c: Context<HttpEnv>, name: TextName): Promise<Response> {
  const { title, description } = companyText.of(localeOf(c))[name];
  return page(c, { title, description, wide: true, body: <TextPage name={name} /> });
}
