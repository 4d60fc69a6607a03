// Partials by request (`HX-Target`): `#project-list` gets ProjectList, `#more-projects` ProjectRows, `#project-editor`
// a dialog (NewProjectDialog, EditProjectDialog, DeleteProjectDialog). A refused form comes back as that form, with 422.
// A done change answers with ProjectCreated, ProjectSaved or ProjectDeleted: the row, a closed dialog and a toast.
import { Button, ButtonLink } from "../../components/button.tsx";
import { CONTROL_LOOK, controlBorder } from "../../components/field.tsx";
import { hx } from "../../components/hx.ts";
import { Icon } from "../../components/icon.tsx";
import { Select } from "../../components/select.tsx";
import { Waiting } from "../../components/skeleton.tsx";
import { AppShell, PageHeading, type ShellProps } from "../../layouts/app_shell.tsx";
import { LIST_SWAP, ProjectList, type ProjectListProps } from "./project_list.tsx";
import { type ProjectQuery, SORT_OPTIONS } from "./project_query.ts";

/** `/projects`: the tenant's projects, searched, filtered and sorted. */
export function ProjectsPage({ tenant, user, flash, ...list }: ShellProps & ProjectListProps) {
  return (
    <AppShell title="Projects" active="projects" tenant={tenant} user={user} flash={flash}>
      <PageHeading title="Projects" action={list.canWrite ? <NewProjectLink /> : null} />
      <FilterForm query={list.query} />
      <ProjectList {...list} />
      <div id="project-editor"></div>
    </AppShell>
  );
}

function NewProjectLink() {
  const inPlace = hx({ get: "/projects/new", target: "#project-editor" });
  return <ButtonLink href="/projects/new" variant="primary" icon="plus" {...inPlace}>New project</ButtonLink>;
}

function FilterForm({ query }: { query: ProjectQuery }) {
  const search = hx({
    get: "/projects",
    trigger: "input delay:250ms, submit",
    sync: "this:replace",
    indicator: "#searching",
    ...LIST_SWAP,
  });
  return (
    <form
      id="project-filter"
      role="search"
      method="get"
      action="/projects"
      class="mb-4 flex flex-wrap gap-3"
      {...search}
    >
      <div class="relative min-w-44 flex-1">
        <Icon name="search" class="pointer-events-none absolute inset-y-0 left-3 my-auto text-muted" />
        <input
          type="search"
          name="search"
          value={query.search}
          maxlength={100}
          placeholder="Search projects"
          aria-label="Search projects"
          class={`${CONTROL_LOOK} h-9 pr-10 pl-9 max-sm:h-11 ${controlBorder()}`}
        />
        <Waiting id="searching" />
      </div>
      <div class="w-48 max-sm:w-full">
        <Select name="sort" aria-label="Sort by" options={SORT_OPTIONS} value={query.sort} />
      </div>
      <noscript>
        <Button>Apply</Button>
      </noscript>
    </form>
  );
}
