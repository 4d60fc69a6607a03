import type { Child } from "hono/jsx";
import type { AvatarColor } from "../../../src/identity/users.ts";
import type { Project } from "../../../src/projects/projects.ts";
import { Badge } from "../../components/badge.tsx";
import { hx } from "../../components/hx.ts";
import { Icon } from "../../components/icon.tsx";
import {
  MainCell,
  Row,
  ROW_ACTION,
  RowCell,
  RowLink,
  TimeCell,
  TWO_LINES,
  WithBadge,
} from "../../components/list/list_table.tsx";
import { Menu, MenuButton, MenuLink } from "../../components/menu.tsx";
import { Time } from "../../components/time.tsx";
import { projectText } from "./text.ts";

export type ListedProject = Project & { ownerName: string; ownerColor: AvatarColor | null };

type ProjectRowProps = {
  project: ListedProject;
  now: Date;
  /** Whether the row has actions. */
  canWrite: boolean;
  showsStatus: boolean;
};

/** A project in the list. */
export function ProjectRow({ project, now, canWrite, showsStatus }: ProjectRowProps) {
  const { id, name, description, status, ownerName, updatedAt } = project;
  return (
    <Row id={`project-${id}`}>
      <MainCell
        details={
          <>
            <span class="line-clamp-1 wrap-anywhere">
              <bdi>{ownerName}</bdi>
            </span>
            <Time at={updatedAt} now={now} />
          </>
        }
      >
        <WithBadge badge={showsStatus && status === "archived" ? <StatusBadge status="archived" /> : null}>
          <RowLink href={`/projects/${id}`}>
            <bdi>{name}</bdi>
          </RowLink>
        </WithBadge>
      </MainCell>
      <RowCell class="max-lg:hidden">
        <p class={TWO_LINES}>
          <bdi>{description}</bdi>
        </p>
      </RowCell>
      <RowCell>
        <p class={TWO_LINES}>
          <bdi>{ownerName}</bdi>
        </p>
      </RowCell>
      <TimeCell
        actions={canWrite ? <RowActions project={project} /> : undefined}
        menu={canWrite ? <RowMenu project={project} /> : undefined}
      >
        <Time at={updatedAt} now={now} />
      </TimeCell>
    </Row>
  );
}

/** Plain text for an active project, a badge for an archived one. */
export function StatusBadge({ status }: { status: Project["status"] }) {
  const { statuses } = projectText.use();
  return status === "active" ? <>{statuses.active}</> : <Badge>{statuses.archived}</Badge>;
}

/** What archives an active project, and restores an archived one. */
export function archiving({ id, status }: Pick<Project, "id" | "status">) {
  const verb = status === "active" ? "archive" as const : "restore" as const;
  return { verb, path: `/projects/${id}/${verb}` };
}

/** The two most frequent actions, which a phone shows in the menu. */
function RowActions({ project }: { project: ListedProject }) {
  const text = projectText.use();
  const { verb } = archiving(project);
  const edit = `/projects/${project.id}/edit`;
  return (
    <>
      <a href={edit} class={ROW_ACTION} {...intoEditor(edit)}>{text.editAction}</a>
      <ArchiveForm project={project}>
        <button type="submit" class={ROW_ACTION}>{text[verb]}</button>
      </ArchiveForm>
    </>
  );
}

function RowMenu({ project }: { project: ListedProject }) {
  const text = projectText.use();
  const { verb } = archiving(project);
  const [edit, remove] = [`/projects/${project.id}/edit`, `/projects/${project.id}/delete`];
  return (
    <Menu
      label={text.actions(project.name)}
      summary={<Icon name="more" />}
      summaryClass="grid size-8 place-items-center text-muted hover:bg-line! pointer-coarse:size-11"
    >
      <MenuLink icon="edit" href={edit} {...intoEditor(edit)}>{text.editAction}</MenuLink>
      <ArchiveForm project={project}>
        <MenuButton icon={verb}>{text[verb]}</MenuButton>
      </ArchiveForm>
      <MenuLink icon="trash" tone="danger" href={remove} {...intoEditor(remove)}>
        {text.deleteAction}
      </MenuLink>
    </Menu>
  );
}

function ArchiveForm({ project, children }: { project: ListedProject; children?: Child }) {
  const { path } = archiving(project);
  return (
    <form method="post" action={path} {...hx({ post: path, target: "#flash", swap: "none" })}>
      {children}
    </form>
  );
}

function intoEditor(href: string) {
  return hx({ get: href, target: "#project-editor" });
}
