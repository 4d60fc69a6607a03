import { Button } from "../../components/button.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { hx } from "../../components/hx.ts";
import { Cancel } from "./project_form.tsx";

type DeleteProjectProps = { project: { id: string; name: string } };

/** `/projects/:id/delete` as a page. */
export function DeleteProjectPage({ project }: DeleteProjectProps) {
  return (
    <div class="max-w-xl">
      <DeleteProjectForm project={project} inPlace={false} />
    </div>
  );
}

/** The dialog that htmx gets from `/projects/:id/delete`. */
export function DeleteProjectDialog({ project }: DeleteProjectProps) {
  return (
    <Dialog id="project-dialog" title="Delete project">
      <DeleteProjectForm project={project} inPlace />
    </Dialog>
  );
}

function DeleteProjectForm({ project: { id, name }, inPlace }: DeleteProjectProps & { inPlace: boolean }) {
  const action = `/projects/${id}/delete`;
  const swap = inPlace ? hx({ post: action, target: "this", swap: "outerHTML", disable: "find button" }) : {};
  return (
    <form method="post" action={action} class="grid gap-5" {...swap}>
      <p class="text-md text-muted wrap-anywhere">
        <strong class="font-semibold text-ink">{name}</strong>{" "}
        will be permanently deleted. To keep it, archive it instead.
      </p>
      <div class="flex flex-wrap gap-2">
        <Button variant="danger">Delete project</Button>
        <Cancel href={`/projects/${id}`} inPlace={inPlace} autofocus />
      </div>
    </form>
  );
}
