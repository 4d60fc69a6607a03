import type { Project } from "../../../src/projects/projects.ts";
import { Avatar } from "../../components/avatar.tsx";
import { Badge } from "../../components/badge.tsx";
import { hx } from "../../components/hx.ts";
import { Icon } from "../../components/icon.tsx";
import { Menu, MenuButton, MenuLink } from "../../components/menu.tsx";
import { Cell } from "../../components/table.tsx";
import { Time } from "../../components/time.tsx";

export type ListedProject = Project & { ownerName: string };

/** A project in the list. Shows actions only to people who may change projects. */
export function ProjectRow(
  { project, now, canWrite }: { project: ListedProject; now: Date; canWrite: boolean },
) {
  const { id, name, description, status, ownerName, updatedAt } = project;
  return (
    <tr id={`project-${id}`} class="transition-colors hover:bg-canvas">
      <Cell class="w-full max-w-0">
        <a href={`/projects/${id}`} class="block truncate rounded-sm font-medium hover:underline">{name}</a>
        {description ? <p class="truncate text-sm text-muted">{description}</p> : null}
        <p class="mt-1.5 flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-muted md:hidden">
          <StatusBadge status={status} />
          <span class="truncate max-sm:hidden">{ownerName}</span>
          <Time at={updatedAt} now={now} />
        </p>
      </Cell>
      <Cell wideOnly>
        <StatusBadge status={status} />
      </Cell>
      <Cell wideOnly class="whitespace-nowrap">
        <span class="flex items-center gap-2">
          <Avatar name={ownerName} size="small" />
          <span class="max-w-40 truncate">{ownerName}</span>
        </span>
      </Cell>
      <Cell wideOnly class="whitespace-nowrap text-muted">
        <Time at={updatedAt} now={now} />
      </Cell>
      <Cell class="text-right">{canWrite ? <RowMenu project={project} /> : null}</Cell>
    </tr>
  );
}

/** Plain text for an active project, a badge for an archived one. */
export function StatusBadge({ status }: { status: Project["status"] }) {
  return status === "active" ? <>Active</> : <Badge>Archived</Badge>;
}

function RowMenu({ project: { id, name, status } }: { project: ListedProject }) {
  const path = `/projects/${id}`;
  const change = status === "active" ? "archive" : "restore";
  const intoEditor = (href: string) => hx({ get: href, target: "#project-editor" });
  return (
    <Menu
      label={`Actions for ${name}`}
      summary={<Icon name="more" />}
      class="inline-block"
      summaryClass="grid size-8 place-items-center text-muted max-md:size-10"
    >
      <MenuLink icon="edit" href={`${path}/edit`} {...intoEditor(`${path}/edit`)}>Edit</MenuLink>
      <form
        method="post"
        action={`${path}/${change}`}
        {...hx({ post: `${path}/${change}`, target: "#flash", swap: "none" })}
      >
        <MenuButton icon={change}>{change === "archive" ? "Archive" : "Restore"}</MenuButton>
      </form>
      <MenuLink icon="trash" tone="danger" href={`${path}/delete`} {...intoEditor(`${path}/delete`)}>
        Delete
      </MenuLink>
    </Menu>
  );
}
