import type { z } from "zod";
import { REQUEST_LOG_READ } from "../../src/api_access/permissions.ts";
import { getRequestChoices, REQUEST_LOG_DAYS } from "../../src/api_access/request_log.ts";
import { getApiUsage, REPORT_DAYS, usageQuery } from "../../src/api_access/usage_report.ts";
import { API_USAGE, type UsageView } from "../../views/pages/api_usage/usage_address.ts";
import { UsagePanel } from "../../views/pages/api_usage/usage_page.tsx";
import { usageText } from "../../views/pages/api_usage/text.ts";
import { localeOf } from "../locale.ts";
import { page } from "../page.tsx";
import { MemberPages } from "./member_pages.ts";

/** What the workspace's API calls come to. */
const pages = new MemberPages({
  label: (locale) => usageText.of(locale).title,
  href: API_USAGE.path,
  icon: "activity",
  group: "developers",
  position: 30,
  permission: REQUEST_LOG_READ,
});
export default pages;

pages.get("/developers/usage", async (c) => {
  const ctx = c.get("member");
  const query = readQuery(c.req.query());
  const [usage, choices] = await Promise.all([getApiUsage(ctx, query), getRequestChoices(ctx)]);
  const panel = {
    usage,
    view: viewOf(query),
    choices,
    periods: REPORT_DAYS,
    firstLoggedDay: usage.days.at(-REQUEST_LOG_DAYS)?.day ?? usage.days[0]!.day,
  };
  return await page(c, {
    title: usageText.of(localeOf(c)).title,
    body: <UsagePanel {...panel} />,
    partial: <UsagePanel {...panel} />,
  });
});

/** People edit URLs, so invalid values are ignored, not rejected. */
function readQuery(address: Record<string, string>): z.output<typeof usageQuery> {
  const wrong = usageQuery.safeParse(address).error?.issues.map(({ path: [name] }) => name) ?? [];
  return usageQuery.parse(
    Object.fromEntries(Object.entries(address).filter(([name]) => !wrong.includes(name))),
  );
}

function viewOf({ days, operation = "all", actor = "all" }: z.output<typeof usageQuery>): UsageView {
  return { days, operation, actor };
}
