import { OobToast } from "../../components/toast.tsx";
import { type ListedProject, ProjectRow } from "./project_row.tsx";

/** Answers a creation in place: the row on top of the list. */
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

/** Answers a change in place, with `verb` for what was done: the row as it is now. */
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

/** Answers a deletion in place: the row goes. */
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
