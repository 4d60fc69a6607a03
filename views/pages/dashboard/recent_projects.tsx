import { Badge } from "../../components/badge.tsx";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { EmptyState } from "../../components/empty_state.tsx";
import { Time } from "../../components/time.tsx";
import { dashboardText } from "./text.ts";

type Project = { id: string; name: string; isSample: boolean; updatedAt: Date };

export type RecentProjectsProps = {
  projects: readonly Project[];
  samples: { exist: boolean; canAdd: boolean; canRemove: boolean };
  now: Date;
  canWrite: boolean;
};

/** The projects that changed last. In an empty workspace, ways to start. */
export function RecentProjects({ projects, samples, now, canWrite }: RecentProjectsProps) {
  const text = dashboardText.use();
  if (projects.length === 0) {
    return (
      <Card title={text.recentProjects} flush>
        <NoProjects canWrite={canWrite} canAddSamples={samples.canAdd} />
      </Card>
    );
  }
  const all = (
    <a href="/projects" class="rounded-sm text-sm font-medium text-accent-ink hover:underline">
      {text.allProjects}
    </a>
  );
  return (
    <Card title={text.recentProjects} action={all} flush>
      <ul class="divide-y divide-line">
        {projects.map((project) => <ProjectItem key={project.id} project={project} now={now} />)}
      </ul>
      {samples.exist && samples.canRemove ? <SamplesNote /> : null}
    </Card>
  );
}

function ProjectItem({ project: { id, name, isSample, updatedAt }, now }: { project: Project; now: Date }) {
  const text = dashboardText.use();
  return (
    <li>
      <a
        href={`/projects/${id}`}
        class="flex min-h-11 items-center gap-3 px-4 py-2 -outline-offset-2 transition-colors hover:bg-sunken"
      >
        <span class="line-clamp-2 min-w-0 flex-1 font-medium wrap-anywhere">
          <bdi>{name}</bdi>
        </span>
        {isSample ? <Badge>{text.sample}</Badge> : null}
        <span class="shrink-0 text-sm text-faint">
          <Time at={updatedAt} now={now} />
        </span>
      </a>
    </li>
  );
}

function NoProjects({ canWrite, canAddSamples }: { canWrite: boolean; canAddSamples: boolean }) {
  const text = dashboardText.use();
  return (
    <EmptyState
      icon="folder"
      title={text.noProjects}
      text={canWrite ? text.noProjectsText : text.noProjectsForViewers}
    >
      {canWrite ? <ButtonLink href="/projects/new" icon="plus">{text.newProject}</ButtonLink> : null}
      {canAddSamples
        ? (
          <form method="post" action="/dashboard/sample-data">
            <Button variant="quiet">{text.addSamples}</Button>
          </form>
        )
        : null}
    </EmptyState>
  );
}

function SamplesNote() {
  const text = dashboardText.use();
  return (
    <div class="flex flex-wrap items-center justify-between gap-2 border-t border-line px-4 py-2 text-sm text-muted">
      <p>{text.samplesNote}</p>
      <form method="post" action="/dashboard/sample-data/delete">
        <Button size="small">{text.removeSamples}</Button>
      </form>
    </div>
  );
}
