import type { AvatarColor } from "../../../src/identity/users.ts";
import { ActivityList } from "../../components/activity_list.tsx";
import { Avatar } from "../../components/avatar.tsx";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { DescriptionList } from "../../components/description_list.tsx";
import { Day, Time } from "../../components/time.tsx";
import { archiving, type ListedProject, StatusBadge } from "./project_row.tsx";
import { projectText } from "./text.ts";

/** An event of the project. `summary` is its sentence where the project isn't at hand. */
export type ProjectEvent = {
  at: Date;
  actorName: string;
  actorColor?: AvatarColor | null;
  action: string;
  summary: string;
  /** The changed fields. */
  fields: string[];
};

/** `/projects/:id`: the facts about a project beside its history. */
export function ProjectPage(
  { project, history, now }: { project: ListedProject; history: ProjectEvent[]; now: Date },
) {
  const text = projectText.use();
  return (
    <div class="grid items-start gap-6 lg:grid-cols-2">
      <Card title={text.details}>
        <ProjectFacts project={project} now={now} />
      </Card>
      <Card title={text.history} flush>
        <ActivityList
          activity={history.map((event) => ({ ...event, summary: summaryOf(event, text) }))}
          now={now}
          emptyText={text.noHistory}
        />
      </Card>
    </div>
  );
}

/** The page's actions. */
export function ProjectActions({ project }: { project: ListedProject }) {
  const text = projectText.use();
  const { verb, path } = archiving(project);
  return (
    <>
      <form method="post" action={path}>
        <Button icon={verb}>{text[verb]}</Button>
      </form>
      <ButtonLink href={`/projects/${project.id}/delete`} icon="trash">{text.deleteAction}</ButtonLink>
      <ButtonLink href={`/projects/${project.id}/edit`} variant="primary" icon="edit">{text.edit}</ButtonLink>
    </>
  );
}

function ProjectFacts({ project, now }: { project: ListedProject; now: Date }) {
  const { facts, noDescription } = projectText.use();
  const description = project.description
    ? <p class="whitespace-pre-line" dir="auto">{project.description}</p>
    : <span class="text-muted">{noDescription}</span>;
  return (
    <DescriptionList
      facts={[
        { term: facts.description, value: description },
        { term: facts.status, value: <StatusBadge status={project.status} /> },
        { term: facts.owner, value: <Owner name={project.ownerName} color={project.ownerColor} /> },
        { term: facts.created, value: <Day at={project.createdAt} /> },
        { term: facts.updated, value: <Time at={project.updatedAt} now={now} /> },
      ]}
    />
  );
}

function Owner({ name, color }: { name: string; color: AvatarColor | null }) {
  return (
    <span class="flex items-center gap-2">
      <Avatar name={name} color={color} size="small" />
      <bdi class="min-w-0 wrap-anywhere">{name}</bdi>
    </span>
  );
}

/** "changed the name and description", "archived this project". */
function summaryOf(
  { action, fields, summary }: ProjectEvent,
  text: ReturnType<typeof projectText.use>,
): string {
  const names = fields.map((field) => text.fields[field] ?? field);
  return names.length > 0 ? text.changed(names) : text.events[action] ?? summary;
}
