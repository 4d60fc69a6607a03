import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { hx } from "../../components/hx.ts";
import { fill } from "../../text.ts";
import { Cancel } from "./project_form.tsx";
import { projectText } from "./text.ts";

type DeleteProjectProps = { project: { id: string; name: string } };

/** `/projects/:id/delete` as a page. */
export function DeleteProjectPage({ project }: DeleteProjectProps) {
  return (
    <div class="max-w-xl">
      <Card>
        <DeleteProjectForm project={project} inPlace={false} />
      </Card>
    </div>
  );
}

/** The dialog that htmx gets from `/projects/:id/delete`. */
export function DeleteProjectDialog({ project }: DeleteProjectProps) {
  return (
    <Dialog id="project-dialog" title={projectText.use().remove}>
      <DeleteProjectForm project={project} inPlace />
    </Dialog>
  );
}

function DeleteProjectForm({ project: { id, name }, inPlace }: DeleteProjectProps & { inPlace: boolean }) {
  const text = projectText.use();
  const action = `/projects/${id}/delete`;
  const swap = inPlace ? hx({ post: action, target: "this", swap: "outerHTML", disable: "find button" }) : {};
  return (
    <form method="post" action={action} class="grid gap-5" {...swap}>
      <p class="text-muted wrap-anywhere">
        {fill(text.deleteWarning, { name: <ProjectName name={name} /> })}
      </p>
      <div class="flex flex-wrap gap-2">
        <Button variant="danger">{text.remove}</Button>
        <Cancel href={`/projects/${id}`} inPlace={inPlace} autofocus />
      </div>
    </form>
  );
}

function ProjectName({ name }: { name: string }) {
  return (
    <strong class="font-semibold text-ink">
      <bdi>{name}</bdi>
    </strong>
  );
}
