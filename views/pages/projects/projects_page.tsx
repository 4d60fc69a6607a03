// htmx requests parts of this page: ProjectList for `#project-list`, a dialog for `#project-editor`. A form with errors is
// returned with 422. After a change, the response is ProjectsChanged: it updates the list, closes the dialog and shows a toast.
import { ButtonLink } from "../../components/button.tsx";
import { hx } from "../../components/hx.ts";
import { ProjectList, type ProjectListProps } from "./project_list.tsx";
import { projectText } from "./text.ts";

/** `/projects`: the workspace's projects, with search, filters and sorting. */
export function ProjectsPage(list: ProjectListProps) {
  return (
    <>
      <ProjectList {...list} />
      <div id="project-editor"></div>
    </>
  );
}

/** The page's action. */
export function NewProjectLink() {
  const inPlace = hx({ get: "/projects/new", target: "#project-editor" });
  return (
    <ButtonLink href="/projects/new" variant="primary" icon="plus" {...inPlace}>
      {projectText.use().new}
    </ButtonLink>
  );
}
