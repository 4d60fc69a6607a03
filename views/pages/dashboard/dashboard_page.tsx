import type { Activity } from "../../components/activity_list.tsx";
import { ActivityList } from "../../components/activity_list.tsx";
import { ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { hx } from "../../components/hx.ts";
import { ApiCallsCard, type ApiCallsCardProps } from "./api_calls_card.tsx";
import { Checklist, type ChecklistProps } from "./checklist.tsx";
import { Figures, type FiguresProps } from "./figures.tsx";
import { RecentProjects, type RecentProjectsProps } from "./recent_projects.tsx";
import { dashboardText } from "./text.ts";

export type DashboardPanelProps = {
  workspace: string;
  figures: FiguresProps;
  apiCalls: ApiCallsCardProps;
  steps: ChecklistProps["steps"];
  recentProjects: Omit<RecentProjectsProps, "now" | "canWrite">;
  activity: Activity[];
  now: Date;
  canWrite: boolean;
};

/** The page's action. */
export function NewProjectLink() {
  return (
    <ButtonLink href="/projects/new" variant="primary" icon="plus">
      {dashboardText.use().newProject}
    </ButtonLink>
  );
}

/**
 * The whole content of the page. htmx refreshes it from `GET /dashboard/panel` every 30 seconds. It changes only what differs, so
 * that the focus and an open table stay.
 */
export function DashboardPanel(
  { workspace, figures, apiCalls, steps, recentProjects, activity, now, canWrite }: DashboardPanelProps,
) {
  const text = dashboardText.use();
  return (
    <div
      id="dashboard-panel"
      class="grid grid-cols-1 gap-6"
      {...hx({
        get: "/dashboard/panel",
        trigger: "every 30s",
        swap: "outerMorph",
        status: { "4xx": "swap:none", "5xx": "swap:none" },
      })}
    >
      {steps.length > 0
        ? <Checklist workspace={workspace} isNew={figures.projects.value === 0} steps={steps} />
        : null}
      <Figures {...figures} />
      <ApiCallsCard {...apiCalls} />
      <div class="grid grid-cols-1 items-start gap-6 lg:grid-cols-2">
        <RecentProjects {...recentProjects} now={now} canWrite={canWrite} />
        <Card title={text.activity} flush>
          <ActivityList activity={activity} now={now} emptyText={text.noActivity} />
        </Card>
      </div>
    </div>
  );
}
