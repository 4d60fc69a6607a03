import { type Activity, ActivityList } from "../components/activity_list.tsx";
import { ButtonLink } from "../components/button.tsx";
import { Card } from "../components/card.tsx";
import { formatCount } from "../components/count.ts";
import { hx } from "../components/hx.ts";
import { MenuLink } from "../components/menu.tsx";
import { Stat } from "../components/stat.tsx";
import { usePage } from "../page.tsx";

export type DashboardPanelProps = {
  /** `apiCalls` counts this month. `storageUsed` is in bytes. */
  stats: { users: number; projects: number; apiCalls: number; storageUsed: number };
  activity: Activity[];
  now: Date;
  canWrite?: boolean;
};

const NO_ACTIVITY = "Your team's changes will be listed here.";
const BYTE_UNITS = ["B", "kB", "MB", "GB", "TB"] as const;

/** The page's action. */
export function NewProjectLink() {
  return <ButtonLink href="/projects/new" variant="primary" icon="plus">New project</ButtonLink>;
}

/** The figures and the activity. htmx refreshes them from `GET /dashboard/panel` every 30 seconds. */
export function DashboardPanel({ stats, activity, now, canWrite = true }: DashboardPanelProps) {
  const { locale } = usePage();
  return (
    <div
      id="dashboard-panel"
      class="grid gap-6"
      {...hx({
        get: "/dashboard/panel",
        trigger: "every 30s",
        swap: "outerHTML",
        status: { "4xx": "swap:none", "5xx": "swap:none" },
      })}
    >
      <dl class="grid grid-cols-2 gap-3 sm:gap-4 lg:grid-cols-4">
        <Stat label="Members" value={formatCount(stats.users, locale)} />
        <Stat label="Projects" value={formatCount(stats.projects, locale)} />
        <Stat label="API calls" value={formatCount(stats.apiCalls, locale)} detail="this month" />
        <Stat label="Storage used" value={formatBytes(stats.storageUsed)} />
      </dl>
      <div class="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_17rem]">
        <Card title="Recent activity" flush>
          <ActivityList activity={activity} now={now} emptyText={NO_ACTIVITY} />
        </Card>
        <Card title="Quick actions" flush>
          <div class="p-2">
            {canWrite ? <MenuLink href="/projects/new" icon="plus">New project</MenuLink> : null}
            <MenuLink href="/projects?sort=-updated_at" icon="restore">Recently changed projects</MenuLink>
            <MenuLink href="/projects?status=archived" icon="archive">Archived projects</MenuLink>
          </div>
        </Card>
      </div>
    </div>
  );
}

function formatBytes(bytes: number): string {
  const power = Math.min(bytes > 0 ? Math.floor(Math.log10(bytes) / 3) : 0, BYTE_UNITS.length - 1);
  const amount = bytes / 1_000 ** power;
  return `${amount.toFixed(power > 0 && amount < 10 ? 1 : 0)} ${BYTE_UNITS[power]}`;
}
