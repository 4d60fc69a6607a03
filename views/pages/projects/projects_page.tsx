// htmx requests parts of this page: ProjectList for `#project-list`, ProjectRows for `#more-projects`, a dialog for
// `#project-editor`. A form with errors is returned with 422. After a change, the response is ProjectCreated, ProjectSaved
// or ProjectDeleted: it updates the row, closes the dialog and shows a toast.
import { ButtonLink } from "../../components/button.tsx";
import { hx } from "../../components/hx.ts";
import { SearchForm } from "../../components/search_form.tsx";
import { Select } from "../../components/select.tsx";
import { LIST_SWAP, ProjectList, type ProjectListProps } from "./project_list.tsx";
import { type ProjectQuery, SORT_OPTIONS } from "./project_query.ts";

/** `/projects`: the workspace's projects, with search, filters and sorting. */
export function ProjectsPage(
  { projects, nextCursor, query, now, canWrite }: ProjectListProps,
) {
  return (
    <>
      <FilterForm query={query} />
      <ProjectList projects={projects} nextCursor={nextCursor} query={query} now={now} canWrite={canWrite} />
      <div id="project-editor"></div>
    </>
  );
}

/** The page's action. */
export function NewProjectLink() {
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
