import { Hono } from "hono";
import { LandingPage } from "../../views/pages/landing_page.tsx";
import type { HttpEnv } from "../http.ts";
import { page } from "../page.tsx";

export const landingPages = new Hono<HttpEnv>();

landingPages.get("/", (c) => {
  const isSignedIn = c.get("session") !== null;
  return page(c, {
    title: "Every company gets its own workspace",
    wide: true,
    body: <LandingPage isSignedIn={isSignedIn} />,
  });
});
