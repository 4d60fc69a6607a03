import { Hono } from "hono";
import { ComponentsPage, DialogSample } from "../../views/pages/components_page.tsx";
import { type AppEnv, isPartial } from "../http.ts";
import { render } from "../render.tsx";

/** `/dev/components`. */
export const developmentPages = new Hono<AppEnv>();

developmentPages.get("/dev/components", (c) => render(c, <ComponentsPage />));

developmentPages.get("/dev/components/dialog", (c) => {
  return isPartial(c) ? render(c, <DialogSample />) : c.redirect("/dev/components", 303);
});
