import { OobToast } from "../../components/toast.tsx";
import { type ListedProject, ProjectRow } from "./project_row.tsx";

/** Updates the page after a creation: adds the row at the top of the list. */
export function ProjectCreated({ project, now }: { project: ListedProject; now: Date }) {
  return (
    <>
      <hx-partial hx-target="#project-rows" hx-swap="afterbegin">
        <ProjectRow project={project} now={now} canWrite />
      </hx-partial>
      <Done text={`${project.name} was created.`} />
    </>
  );
}

/** Updates the page after a change: replaces the row. `verb` names the change. */
export function ProjectSaved(
  { project, now, verb = "saved" }: {
    project: ListedProject;
    now: Date;
    verb?: "saved" | "archived" | "restored";
  },
) {
  return (
    <>
      <hx-partial hx-target={`#project-${project.id}`} hx-swap="outerHTML">
        <ProjectRow project={project} now={now} canWrite />
      </hx-partial>
      <Done text={`${project.name} was ${verb}.`} />
    </>
  );
}

/** Updates the page after a deletion: removes the row. */
export function ProjectDeleted({ id, name }: { id: string; name: string }) {
  return (
    <>
      <hx-partial hx-target={`#project-${id}`} hx-swap="delete"></hx-partial>
      <Done text={`${name} was deleted.`} />
    </>
  );
}

function Done({ text }: { text: string }) {
  return (
    <>
      <hx-partial hx-target="#project-editor" hx-swap="innerHTML"></hx-partial>
      <OobToast kind="success" text={text} />
    </>
  );
}
