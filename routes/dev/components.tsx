import { Hono } from "hono";
import { SampleListPanel } from "../../views/pages/components/list_samples.tsx";
import { PatternsPage } from "../../views/pages/components/patterns_page.tsx";
import { sampleList } from "../../views/pages/components/sample_projects.ts";
import { ComponentsPage, DialogSample } from "../../views/pages/components_page.tsx";
import { type HttpEnv, isPartial } from "../http.ts";
import { fragment, page } from "../page.tsx";

/** The components, and the patterns of pages that are made of them. */
export const componentPages = new Hono<HttpEnv>();

componentPages.get(
  "/components",
  (c) => page(c, { title: "Components", wide: true, body: <ComponentsPage /> }),
);

componentPages.get(
  "/components/patterns",
  (c) => page(c, { title: "Patterns", wide: true, body: <PatternsPage /> }),
);

componentPages.get("/components/list", (c) => {
  return isPartial(c)
    ? fragment(c, <SampleListPanel {...sampleList(c.req.query())} />)
    : c.redirect("/dev/components#list", 303);
});

componentPages.get("/components/dialog", (c) => {
  return isPartial(c) ? fragment(c, <DialogSample />) : c.redirect("/dev/components", 303);
});
