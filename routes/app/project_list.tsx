import type { Context } from "hono";
import { can } from "../../src/access/authorize.ts";
import { memberNames } from "../../src/access/members.ts";
import type { ListQuery } from "../../src/platform/list.ts";
import { browseProjects, type Project, PROJECT_LIST, PROJECTS_WRITE } from "../../src/projects/projects.ts";
import type { Flash } from "../../views/components/alert.tsx";
import { PROJECTS } from "../../views/pages/projects/project_address.ts";
import { ProjectsChanged } from "../../views/pages/projects/project_changes.tsx";
import type { ProjectListProps } from "../../views/pages/projects/project_list.tsx";
import type { ListedProject } from "../../views/pages/projects/project_row.tsx";
import { projectText } from "../../views/pages/projects/text.ts";
import type { MemberEnv } from "../http.ts";
import { type Address, readListAddress, shownList } from "../list_address.ts";
import { localeOf } from "../locale.ts";
import type { Done } from "../page.tsx";
import { snakeCase } from "../wire.ts";

/** The query of the list in a URL. */
export function projectQuery(address: Address): ListQuery<typeof PROJECT_LIST> {
  return readListAddress(address, PROJECT_LIST, { ...PROJECTS.defaults });
}

/** What the list of a URL shows. */
export async function showProjects(c: Context<MemberEnv>, address: Address): Promise<ProjectListProps> {
  const ctx = c.get("member");
  const query = projectQuery(address);
  const { search = "", status = "all", sort } = query;
  const { items, tabs, ...pages } = await browseProjects(ctx, query);
  return {
    projects: await withOwners(c, items),
    pages,
    counts: tabs,
    view: { search, status, sort: snakeCase(sort) },
    now: ctx.services.clock.now(),
    canWrite: can(ctx, PROJECTS_WRITE),
  };
}

/**
 * What follows a change of a project: the list as it is now if the person is there, otherwise the page `to`. `message` says
 * what happened. If the list doesn't show `created`, the message links to it.
 */
export function afterChange(c: Context<MemberEnv>, to: string, message: Flash, created?: Project): Done {
  const address = shownList(c, PROJECTS.path);
  if (!address) return { to, flash: { ...message, link: created && linkTo(c, created) } };
  return {
    to: `${PROJECTS.path}?${new URLSearchParams(address)}`,
    flash: message,
    partial: async () => {
      const list = await showProjects(c, address);
      const isShown = !created || list.projects.some(({ id }) => id === created.id);
      const link = isShown ? undefined : linkTo(c, created);
      return <ProjectsChanged list={list} message={{ ...message, link }} />;
    },
  };
}

/** Projects with the names and colors of their owners. */
export async function withOwners(c: Context<MemberEnv>, projects: Project[]): Promise<ListedProject[]> {
  const text = projectText.of(localeOf(c));
  const owners = await memberNames(c.get("member"), projects.flatMap(({ ownerId }) => ownerId ?? []));
  return projects.map((project) => {
    if (project.ownerId === null) return { ...project, ownerName: text.system, ownerColor: null };
    const owner = owners.get(project.ownerId);
    const { name = text.formerMember, avatarColor = null } = owner ?? {};
    return { ...project, ownerName: name, ownerColor: avatarColor };
  });
}

function linkTo(c: Context<MemberEnv>, { id }: Project): Flash["link"] {
  return { href: `${PROJECTS.path}/${id}`, label: projectText.of(localeOf(c)).view };
}
