import type { Flash } from "../../components/alert.tsx";
import { OobToast } from "../../components/toast.tsx";
import { ProjectList, type ProjectListProps } from "./project_list.tsx";

/** Updates the page after a change: shows the list as it is now, closes the dialog, and says what happened. */
export function ProjectsChanged({ list, message }: { list: ProjectListProps; message: Flash }) {
  return (
    <>
      <hx-partial hx-target="#project-list" hx-swap="outerMorph">
        <ProjectList {...list} />
      </hx-partial>
      <hx-partial hx-target="#project-editor" hx-swap="innerHTML"></hx-partial>
      <OobToast {...message} />
    </>
  );
}
