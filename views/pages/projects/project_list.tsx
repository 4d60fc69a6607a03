import { ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { EmptyState } from "../../components/empty_state.tsx";
import { hx } from "../../components/hx.ts";
import { TextLink } from "../../components/link.tsx";
import { EmptyRow, MoreRow, Table } from "../../components/table.tsx";
import { Tabs } from "../../components/tabs.tsx";
import { type ProjectQuery, projectsCsvHref, projectsHref } from "./project_query.ts";
import { type ListedProject, ProjectRow } from "./project_row.tsx";

export type ProjectListProps = {
  projects: ListedProject[];
  nextCursor: string | null;
  query: ProjectQuery;
  now: Date;
  canWrite: boolean;
};

/** The htmx attributes of links and forms that replace the list. */
export const LIST_SWAP = { target: "#project-list", swap: "outerHTML", pushUrl: "true" };

const COLUMNS = [
  { label: "Project" },
  { label: "Status" },
  { label: "Owner" },
  { label: "Updated" },
  { label: "Actions", hiddenLabel: true },
];

const STATUSES = [
  { status: "all", label: "All" },
  { status: "active", label: "Active" },
  { status: "archived", label: "Archived" },
] as const;

/** The list with its status tabs. Searching, sorting or selecting a tab replaces it. */
export function ProjectList(props: ProjectListProps) {
  const { query } = props;
  const tabs = STATUSES.map(({ status, label }) => {
    const href = projectsHref({ ...query, status });
    return { label, href, current: query.status === status, attributes: hx({ get: href, ...LIST_SWAP }) };
  });
  return (
    <Card id="project-list" flush>
      {query.status === "all"
        ? null
        : <input type="hidden" name="status" value={query.status} form="project-filter" />}
      <Tabs label="Filter by status" tabs={tabs} />
      <Table label="Projects" columns={COLUMNS} bodyId="project-rows">
        <ProjectRows {...props} />
        <EmptyRow columns={COLUMNS.length}>
          <NoProjects query={query} canWrite={props.canWrite} />
        </EmptyRow>
      </Table>
      {props.projects.length > 0
        ? (
          <p class="border-t border-line px-5 py-3 text-sm">
            <TextLink href={projectsCsvHref(query)} download>Download CSV</TextLink>
          </p>
        )
        : null}
    </Card>
  );
}

/** One page of rows. The last row fetches the next page when it scrolls into view. */
export function ProjectRows({ projects, nextCursor, query, now, canWrite }: ProjectListProps) {
  return (
    <>
      {projects.map((project) => (
        <ProjectRow key={project.id} project={project} now={now} canWrite={canWrite} />
      ))}
      {nextCursor
        ? <MoreRow id="more-projects" href={projectsHref(query, nextCursor)} columns={COLUMNS.length} />
        : null}
    </>
  );
}

function NoProjects({ query, canWrite }: { query: ProjectQuery; canWrite: boolean }) {
  if (query.search || query.status !== "all") {
    return (
      <EmptyState icon="search" title="No matching projects" text="Try another word, or show all projects.">
        <ButtonLink href="/projects">Show all projects</ButtonLink>
      </EmptyState>
    );
  }
  return (
    <EmptyState icon="folder" title="No projects yet" text="Create a project to start organizing work.">
      {canWrite
        ? <ButtonLink href="/projects/new" variant="primary" icon="plus">New project</ButtonLink>
        : null}
    </EmptyState>
  );
}
