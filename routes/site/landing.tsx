import { Hono } from "hono";
import { LandingPage } from "../../views/pages/landing_page.tsx";
import type { HttpEnv } from "../http.ts";
import { page } from "../page.tsx";

export const landingPages = new Hono<HttpEnv>();

landingPages.get("/", (c) => {
  const isSignedIn = c.get("session") !== null;
  return page(c, {
    title: "Every company gets its own workspace",
    description:
      "Projects, members and an API in one workspace for your company, kept apart from all others.",
    wide: true,
    body: <LandingPage isSignedIn={isSignedIn} />,
  });
});
