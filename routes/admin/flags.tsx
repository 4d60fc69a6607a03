import { type Context, Hono } from "hono";
import { PLAN_LIST } from "../../src/billing/plans.ts";
import {
  flagRule,
  getFlag,
  type ListedFlag,
  listFlags,
  reachOfFlags,
  resetFlag,
  setFlag,
  subdomainsOf,
} from "../../src/flags/flags.ts";
import { FlagPage } from "../../views/pages/admin/flag_page.tsx";
import { flagText } from "../../views/pages/admin/flag_text.ts";
import { FlagsPage } from "../../views/pages/admin/flags_page.tsx";
import { translatorTo } from "../../views/wording.ts";
import type { StaffEnv } from "../http.ts";
import { localeOf } from "../locale.ts";
import { done, form, type Page, page, type RefusedForm } from "../page.tsx";

const PATH = "/admin/flags";

/** Feature flags. */
export const flagPages = new Hono<StaffEnv>();

flagPages.get("/flags", async (c) => {
  const ctx = c.get("staff");
  const [listed, reach] = await Promise.all([listFlags(ctx), reachOfFlags(ctx)]);
  const flags = listed.map((each) => ({ ...shown(c, each), reach: reach.get(each.name)! }));
  return await page(c, {
    title: textOf(c).title,
    body: <FlagsPage flags={flags} now={ctx.services.clock.now()} />,
  });
});

flagPages.get("/flags/:name", async (c) => await page(c, await flagPage(c, c.req.param("name"))));

flagPages.post("/flags/:name", (c) => {
  const name = c.req.param("name");
  return form(c, {
    schema: flagRule,
    submit: (input) => setFlag(c.get("staff"), name, input),
    done: () => ({ to: PATH, flash: textOf(c).saved(name) }),
    refused: (refused) => flagPage(c, name, refused),
  });
});

flagPages.post("/flags/:name/reset", async (c) => {
  const name = c.req.param("name");
  await resetFlag(c.get("staff"), name);
  return await done(c, { to: PATH, flash: textOf(c).wasReset(name) });
});

async function flagPage(c: Context<StaffEnv>, name: string, refused?: RefusedForm): Promise<Page> {
  const listed = await getFlag(c.get("staff"), name);
  const translate = translatorTo(localeOf(c));
  const props = {
    ...shown(c, listed),
    isChanged: listed.rule !== null,
    plans: PLAN_LIST.map(({ key, name }) => ({ key, name: translate(name) })),
    values: refused?.values ?? await valuesOf(c, listed),
    errors: refused?.errors,
  };
  return { title: name, trail: [{ label: textOf(c).title, href: PATH }], body: <FlagPage {...props} /> };
}

/** The form's fields for the rule that applies now. */
async function valuesOf(c: Context<StaffEnv>, { flag, rule }: ListedFlag) {
  if (!rule) return { percentage: flag?.default ? "100" : "0" };
  const names = await subdomainsOf(c.get("staff"), [...rule.onFor, ...rule.offFor]);
  const lines = (ids: readonly string[]) => ids.flatMap((id) => names.get(id) ?? []).join("\n");
  return {
    percentage: String(rule.percentage),
    ...Object.fromEntries(rule.plans.map((plan) => [`plan_${plan}`, "on"])),
    on_for: lines(rule.onFor),
    off_for: lines(rule.offFor),
  };
}

function shown(c: Context<StaffEnv>, { name, flag, rule }: ListedFlag) {
  return {
    name,
    description: flag && translatorTo(localeOf(c))(flag.description),
    default: flag?.default ?? false,
    changedAt: rule?.updatedAt ?? null,
  };
}

function textOf(c: Context<StaffEnv>) {
  return flagText.of(localeOf(c));
}
