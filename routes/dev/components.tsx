import { Hono } from "hono";
import { ComponentsPage, DialogSample } from "../../views/pages/components_page.tsx";
import { type HttpEnv, isPartial } from "../http.ts";
import { fragment, page } from "../page.tsx";

/** `/dev/components`. */
export const componentPages = new Hono<HttpEnv>();

componentPages.get(
  "/components",
  (c) => page(c, { title: "Components", wide: true, body: <ComponentsPage /> }),
);

componentPages.get("/components/dialog", (c) => {
  return isPartial(c) ? fragment(c, <DialogSample />) : c.redirect("/dev/components", 303);
});
