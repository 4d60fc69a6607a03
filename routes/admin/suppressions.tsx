import { type Context, Hono } from "hono";
import {
  getSuppressed,
  listSuppressed,
  newSuppression,
  suppressByHand,
  SUPPRESSION_LIST,
  unsuppress,
} from "../../src/email/suppression.ts";
import {
  NewSuppressionPage,
  type NewSuppressionPageProps,
} from "../../views/pages/admin/new_suppression_page.tsx";
import { ReleaseAddressPage } from "../../views/pages/admin/release_address_page.tsx";
import { SuppressionList } from "../../views/pages/admin/suppression_list.tsx";
import { suppressionText } from "../../views/pages/admin/suppression_text.ts";
import { AddAddressLink, SuppressionsPage } from "../../views/pages/admin/suppressions_page.tsx";
import type { StaffEnv } from "../http.ts";
import { readListAddress } from "../list_address.ts";
import { localeOf } from "../locale.ts";
import { done, form, page } from "../page.tsx";

/** Suppressed addresses, which get no email. */
export const suppressionPages = new Hono<StaffEnv>();

suppressionPages.get("/suppressions", async (c) => {
  const ctx = c.get("staff");
  const query = readListAddress(c.req.query(), SUPPRESSION_LIST);
  const { items, ...pages } = await listSuppressed(ctx, query);
  const list = {
    addresses: items,
    pages,
    view: { search: query.search ?? "" },
    now: ctx.services.clock.now(),
  };
  return await page(c, {
    title: textOf(c).title,
    actions: <AddAddressLink />,
    body: <SuppressionsPage {...list} />,
    partial: <SuppressionList {...list} />,
  });
});

suppressionPages.get("/suppressions/new", (c) => page(c, suppressionForm(c, {})));

suppressionPages.post("/suppressions", (c) => {
  const ctx = c.get("staff");
  return form(c, {
    schema: newSuppression,
    submit: async (input) => {
      await suppressByHand(ctx, input);
      return input.address;
    },
    done: (address) => ({ to: "/admin/suppressions", flash: textOf(c).suppressed(address) }),
    refused: (form) => suppressionForm(c, form),
  });
});

suppressionPages.get("/suppressions/:id/release", async (c) => {
  const ctx = c.get("staff");
  const suppressed = await getSuppressed(ctx, c.req.param("id"));
  const body = <ReleaseAddressPage suppressed={suppressed} now={ctx.services.clock.now()} />;
  return await page(c, { title: textOf(c).releaseTitle, trail: trailOf(c), body });
});

suppressionPages.post("/suppressions/:id/release", async (c) => {
  const address = await unsuppress(c.get("staff"), c.req.param("id"));
  return await done(c, { to: "/admin/suppressions", flash: textOf(c).released(address) });
});

function suppressionForm(c: Context<StaffEnv>, form: NewSuppressionPageProps) {
  return { title: textOf(c).addTitle, trail: trailOf(c), body: <NewSuppressionPage {...form} /> };
}

function trailOf(c: Context<StaffEnv>) {
  return [{ label: textOf(c).title, href: "/admin/suppressions" }];
}

function textOf(c: Context<StaffEnv>) {
  return suppressionText.of(localeOf(c));
}
