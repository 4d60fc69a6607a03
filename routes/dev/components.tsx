import { Hono } from "hono";
import { ComponentsPage } from "../../views/pages/components_page.tsx";
import type { AppEnv } from "../http.ts";
import { render } from "../render.tsx";

/** Pages for those who build the product. Production has none of them. */
export const developmentPages = new Hono<AppEnv>();

developmentPages.get("/dev/components", (c) => render(c, <ComponentsPage />));
