import { ButtonLink } from "../../components/button.tsx";
import { EmptyState } from "../../components/empty_state.tsx";
import { TextLink } from "../../components/link.tsx";
import { listHref } from "../../components/list/list_address.ts";
import { ListSearch } from "../../components/list/list_filter.tsx";
import type { ListPages } from "../../components/list/list_footer.tsx";
import { ListPanel } from "../../components/list/list_panel.tsx";
import { PROJECTS, type ProjectView } from "./project_address.ts";
import { type ListedProject, ProjectRow } from "./project_row.tsx";
import { projectText } from "./text.ts";

export type ProjectListProps = {
  projects: ListedProject[];
  pages: ListPages;
  /** The number of projects on each tab. */
  counts: Record<ProjectView["status"], number> | null;
  view: ProjectView;
  now: Date;
  canWrite: boolean;
};

const ID = "project-list";
const STATUSES = ["active", "archived", "all"] as const;

/** The list with its tabs. A change of a project, or of what the list shows, replaces it. */
export function ProjectList({ projects, pages, counts, view, now, canWrite }: ProjectListProps) {
  const text = projectText.use();
  const { name, description, owner, updated } = text.columns;
  return (
    <ListPanel
      id={ID}
      label={text.title}
      address={PROJECTS}
      view={view}
      pages={pages}
      tabs={{
        name: "status",
        label: text.filterByStatus,
        counts,
        options: STATUSES.map((value) => ({ value, label: text.statuses[value] })),
      }}
      filter={<ListSearch list={ID} address={PROJECTS} view={view} label={text.search} />}
      columns={[
        { label: name, sort: "name", class: "md:w-[28%]" },
        { label: description, class: "max-lg:hidden" },
        { label: owner, class: "md:w-[22%]" },
        { label: updated, sort: "-updated_at", atEnd: true, class: "md:w-44" },
      ]}
      rows={projects.map((project) => (
        <ProjectRow
          key={project.id}
          project={project}
          now={now}
          canWrite={canWrite}
          showsStatus={view.status === "all"}
        />
      ))}
      empty={<NoProjects view={view} archived={counts?.archived ?? 0} canWrite={canWrite} />}
      foot={<DownloadLink view={view} />}
    />
  );
}

function DownloadLink({ view }: { view: ProjectView }) {
  const href = listHref(PROJECTS, view, { path: `${PROJECTS.path}.csv` });
  return <TextLink href={href} download>{projectText.use().download}</TextLink>;
}

type NoProjectsProps = { view: ProjectView; archived: number; canWrite: boolean };

function NoProjects({ view: { search, status }, archived, canWrite }: NoProjectsProps) {
  const text = projectText.use();
  if (search) return <NoMatch title={text.noMatch} hint={text.noMatchHint} />;
  if (status === "archived") return <NoMatch title={text.noneArchived} hint={text.noneArchivedHint} />;
  if (archived > 0) return <NoMatch title={text.noneActive} hint={text.noneActiveHint(archived)} />;
  return <FirstProject canWrite={canWrite} />;
}

function NoMatch({ title, hint }: { title: string; hint: string }) {
  return (
    <EmptyState icon="search" title={title} text={hint}>
      <ButtonLink href={`${PROJECTS.path}?status=all`}>{projectText.use().showAll}</ButtonLink>
    </EmptyState>
  );
}

function FirstProject({ canWrite }: { canWrite: boolean }) {
  const { none } = projectText.use();
  return (
    <EmptyState icon="folder" title={canWrite ? none.title : none.readerTitle} text={none.text}>
      <div class="flex items-center gap-3 rounded-md border border-dashed border-line-strong px-4 py-2 text-start">
        <span class="text-xs text-faint">{none.example}</span>
        <span>
          <span class="block font-medium">{none.exampleName}</span>
          <span class="block text-sm text-muted">{none.exampleDescription}</span>
        </span>
      </div>
    </EmptyState>
  );
}
