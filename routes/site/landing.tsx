import { Hono } from "hono";
import { LandingPage } from "../../views/pages/landing_page.tsx";
import type { AppEnv } from "../http.ts";
import { render } from "../render.tsx";

export const landingPages = new Hono<AppEnv>();

/** The apex's front page; on a tenant's host, the way in. */
landingPages.get("/", (c) => {
  if (c.get("tenant")) return c.redirect("/dashboard", 303);
  return render(c, <LandingPage viewer={c.get("session")?.actor ?? null} />);
});
