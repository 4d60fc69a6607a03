import type { Context } from "hono";
import { can } from "../../src/access/authorize.ts";
import { type Dashboard, getDashboard } from "../../src/analytics/dashboard.ts";
import { ANALYTICS_READ } from "../../src/analytics/permissions.ts";
import { getStorageHistory } from "../../src/analytics/storage_history.ts";
import type { MemberContext } from "../../src/context.ts";
import { sentencePartsOf } from "../../src/events/sentence.ts";
import { FEATURES } from "../../src/feature_list.ts";
import type { Translate } from "../../src/platform/wording.ts";
import { PROJECTS_WRITE } from "../../src/projects/projects.ts";
import { dismissSetup } from "../../src/setup/dismissal.ts";
import { addSamples, removeSamples } from "../../src/setup/sample_data.ts";
import { tenantUrl } from "../../src/tenancy/tenant.ts";
import type { Activity } from "../../views/components/activity_list.tsx";
import type { NavigationLink } from "../../views/layouts/navigation.tsx";
import {
  DashboardPanel,
  type DashboardPanelProps,
  NewProjectLink,
} from "../../views/pages/dashboard/dashboard_page.tsx";
import { StoragePage } from "../../views/pages/dashboard/storage_page.tsx";
import { dashboardText } from "../../views/pages/dashboard/text.ts";
import { translatorTo } from "../../views/wording.ts";
import type { MemberEnv } from "../http.ts";
import { localeOf } from "../locale.ts";
import { done, fragment, page } from "../page.tsx";
import { MemberPages, START_PATH } from "./member_pages.ts";

type LogLine = Dashboard["activity"][number];

const PATH = START_PATH;
const SAMPLES = FEATURES.flatMap(({ samples }) => samples);

const pages = new MemberPages({
  label: (locale) => dashboardText.of(locale).title,
  href: PATH,
  icon: "home",
  group: "main",
  position: 10,
  permission: ANALYTICS_READ,
});
export default pages;

pages.get("/dashboard", async (c) => {
  if (!can(c.get("member"), ANALYTICS_READ)) return c.redirect(startOf(c.get("links")), 303);
  const panel = await panelOf(c);
  return await page(c, {
    title: dashboardText.of(localeOf(c)).title,
    actions: panel.canWrite ? <NewProjectLink /> : undefined,
    body: <DashboardPanel {...panel} />,
  });
});

pages.get("/dashboard/panel", async (c) => {
  return await fragment(c, <DashboardPanel {...await panelOf(c)} />);
});

pages.get("/dashboard/storage", async (c) => {
  const daily = await getStorageHistory(c.get("member"));
  const text = dashboardText.of(localeOf(c));
  return await page(c, {
    title: text.storageTitle,
    trail: [{ label: text.title, href: PATH }],
    body: <StoragePage daily={daily} />,
  });
});

pages.post("/dashboard/checklist/dismiss", async (c) => {
  await dismissSetup(c.get("member"));
  return await done(c, { to: "/dashboard", flash: dashboardText.of(localeOf(c)).dismissed });
});

pages.post("/dashboard/sample-data", async (c) => {
  const locale = localeOf(c);
  const added = await addSamples(c.get("member"), SAMPLES, translatorTo(locale));
  const text = dashboardText.of(locale);
  return await done(c, {
    to: "/dashboard",
    flash: added > 0 ? text.samplesAdded : text.nothingChanged,
  });
});

pages.post("/dashboard/sample-data/delete", async (c) => {
  const removed = await removeSamples(c.get("member"), SAMPLES);
  const text = dashboardText.of(localeOf(c));
  return await done(c, {
    to: "/dashboard",
    flash: removed > 0 ? text.samplesRemoved : text.nothingChanged,
  });
});

/** The first page in the sidebar. Everyone may see the settings. */
function startOf(links: readonly NavigationLink[]): string {
  return links.find(({ group }) => group === "main")?.href ?? "/settings";
}

async function panelOf(c: Context<MemberEnv>): Promise<DashboardPanelProps> {
  const ctx = c.get("member");
  const translate = translatorTo(localeOf(c));
  const { isVerified: isEmailConfirmed, isSetupDismissed: isDismissed } = c.get("session");
  const { projects, members, storage, apiCalls, recentProjects, activity, steps, samples } =
    await getDashboard(ctx, { isEmailConfirmed, isDismissed });
  const { config, clock } = ctx.services;
  return {
    workspace: ctx.tenant.name,
    figures: { projects, members, apiCalls, storage },
    apiCalls: { ...apiCalls, apiUrl: `${tenantUrl(config.appUrl, ctx.tenant)}/api/v1` },
    steps: steps.map((step) => ({ ...step, label: translate(step.label) })),
    recentProjects: { projects: recentProjects, samples },
    activity: activity.map((line) => activityOf(ctx, line, translate)),
    now: clock.now(),
    canWrite: can(ctx, PROJECTS_WRITE),
  };
}

function activityOf({ services }: MemberContext, line: LogLine, translate: Translate): Activity {
  const subjectHref = hrefOfSubject(line);
  return {
    at: line.at,
    actorName: line.actorName,
    actorColor: line.actorColor,
    actorHref: line.actorId && !line.isByStaff ? hrefOfPerson(line.actorName) : undefined,
    summary: sentencePartsOf(services.events, line, translate)
      .map(({ text, isSubject }) => isSubject ? { text, isName: true, href: subjectHref } : { text }),
  };
}

/** Undefined if the subject has no page, or was deleted. */
function hrefOfSubject({ subjectType, subjectName, projectId }: LogLine): string | undefined {
  if (projectId) return `/projects/${projectId}`;
  if (subjectType === "tenant") return "/settings";
  return subjectType === "member" ? hrefOfPerson(subjectName) : undefined;
}

function hrefOfPerson(name: string): string {
  return `/team?search=${encodeURIComponent(name)}`;
}
