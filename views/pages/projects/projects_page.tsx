// htmx asks for parts of this page: ProjectList for `#project-list`, ProjectRows for `#more-projects`, a dialog for
// `#project-editor`. A refused form comes back as the form, with 422. A change answers with ProjectCreated, ProjectSaved
// or ProjectDeleted: the row, a closed dialog and a toast.
import { ButtonLink } from "../../components/button.tsx";
import { hx } from "../../components/hx.ts";
import { SearchForm } from "../../components/search_form.tsx";
import { Select } from "../../components/select.tsx";
import { PageHeading } from "../../layouts/shell_frame.tsx";
import { LIST_SWAP, ProjectList, type ProjectListProps } from "./project_list.tsx";
import { type ProjectQuery, SORT_OPTIONS } from "./project_query.ts";

/** `/projects`: the workspace's projects, searched, filtered and sorted. */
export function ProjectsPage(
  { projects, nextCursor, query, now, canWrite }: ProjectListProps,
) {
  return (
    <>
      <PageHeading title="Projects" action={canWrite ? <NewProjectLink /> : null} />
      <FilterForm query={query} />
      <ProjectList projects={projects} nextCursor={nextCursor} query={query} now={now} canWrite={canWrite} />
      <div id="project-editor"></div>
    </>
  );
}

function NewProjectLink() {
  const inPlace = hx({ get: "/projects/new", target: "#project-editor" });
  return <ButtonLink href="/projects/new" variant="primary" icon="plus" {...inPlace}>New project</ButtonLink>;
}

function FilterForm({ query }: { query: ProjectQuery }) {
  return (
    <SearchForm
      id="project-filter"
      path="/projects"
      label="Search projects"
      search={query.search}
      swap={LIST_SWAP}
    >
      <div class="w-48 max-sm:w-full">
        <Select name="sort" aria-label="Sort by" options={SORT_OPTIONS} value={query.sort} />
      </div>
    </SearchForm>
  );
}
