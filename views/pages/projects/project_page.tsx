import { Avatar } from "../../components/avatar.tsx";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { DescriptionList } from "../../components/description_list.tsx";
import { Time } from "../../components/time.tsx";
import { type ListedProject, StatusBadge } from "./project_row.tsx";

/** `/projects/:id`: a project's details. */
export function ProjectPage(
  { project, now }: { project: ListedProject; now: Date },
) {
  return (
    <>
      <div class="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_17rem]">
        <Card title="Description">
          {project.description
            ? <p class="whitespace-pre-line wrap-anywhere">{project.description}</p>
            : <p class="text-muted">No description yet.</p>}
        </Card>
        <Card title="Details">
          <ProjectDetails project={project} now={now} />
        </Card>
      </div>
    </>
  );
}

/** The page's actions. */
export function ProjectActions({ project: { id, status } }: { project: ListedProject }) {
  const change = status === "active" ? "archive" : "restore";
  return (
    <>
      <form method="post" action={`/projects/${id}/${change}`}>
        <Button icon={change}>{change === "archive" ? "Archive" : "Restore"}</Button>
      </form>
      <ButtonLink href={`/projects/${id}/delete`} icon="trash">Delete</ButtonLink>
      <ButtonLink href={`/projects/${id}/edit`} variant="primary" icon="edit">Edit</ButtonLink>
    </>
  );
}

function ProjectDetails({ project, now }: { project: ListedProject; now: Date }) {
  const facts = [
    { term: "Status", value: <StatusBadge status={project.status} /> },
    { term: "Owner", value: <Owner name={project.ownerName} /> },
    { term: "Created", value: <Time at={project.createdAt} now={now} /> },
    { term: "Updated", value: <Time at={project.updatedAt} now={now} /> },
  ];
  return <DescriptionList facts={facts} />;
}

function Owner({ name }: { name: string }) {
  return (
    <span class="flex items-center gap-2">
      <Avatar name={name} size="small" />
      <span class="truncate">{name}</span>
    </span>
  );
}
