import { Hono } from "hono";
import { createMiddleware } from "hono/factory";
import type { PropsWithChildren } from "hono/jsx";
import { AccountLayout } from "../../views/layouts/account_layout.tsx";
import { type LayoutProps, titled } from "../../views/layouts/layout.ts";
import { AccountPages } from "../app/account_pages.ts";
import * as pages from "../app/pages.ts";
import { linksFor } from "../app/member_pages.ts";
import type { AccountEnv } from "../http.ts";
import { undismissed } from "../notices.ts";

const PAGES = Object.values(pages).filter((each) => each instanceof AccountPages);
const LINKS = PAGES.map(({ link }) => link).sort((one, other) => one.position - other.position);

/** The pages of people's accounts on the apex, for everyone who has no workspace open. */
export const accountPages = new Hono<AccountEnv>();

const showAccount = createMiddleware<AccountEnv>(async (c, next) => {
  const { actor: viewer, isVerified } = c.get("session");
  const links = linksFor(c, LINKS, viewer);
  const { unverified } = undismissed(c, viewer.id, { unverified: isVerified ? undefined : viewer.email });
  c.set(
    "layout",
    titled((props: PropsWithChildren<LayoutProps>) => (
      <AccountLayout {...props} viewer={viewer} unverified={unverified} links={links} />
    )),
  );
  await next();
});

accountPages.use("/account/*", showAccount);
for (const each of PAGES) accountPages.route("/", each);
