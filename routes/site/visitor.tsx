import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import type { PropsWithChildren } from "hono/jsx";
import { forbidden, unauthenticated } from "../../src/errors.ts";
import type { LayoutProps } from "../../views/layouts/layout.ts";
import { SiteLayout } from "../../views/layouts/site_layout.tsx";
import { type HttpEnv, nothingNext } from "../http.ts";
import { readSession } from "../middleware/session.ts";

/** Sets the site's layout for pages, with links for a visitor or for a signed-in person. */
export const welcomeVisitor = createMiddleware<HttpEnv>(async (c, next) => {
  const viewer = c.get("session")?.actor ?? null;
  c.set("layout", (props: PropsWithChildren<LayoutProps>) => <SiteLayout {...props} viewer={viewer} />);
  await next();
});

/** Frames an error page like the site's other pages, if the request failed before `welcomeVisitor`. */
export async function frameSite(c: Context<HttpEnv>): Promise<void> {
  if (!c.get("session")) await readSession(c, nothingNext);
  await welcomeVisitor(c, nothingNext);
}

/** Admits only people who are signed in on the apex. */
export const requirePerson = createMiddleware<HttpEnv>(async (c, next) => {
  const actor = c.get("session")?.actor;
  if (!actor) throw unauthenticated();
  if (actor.type !== "user" && actor.type !== "staff") throw forbidden();
  await next();
});
