import { z } from "zod";
import { authorize, can } from "../../src/access/authorize.ts";
import { memberNames } from "../../src/access/members.ts";
import type { TenantContext } from "../../src/context.ts";
import type { Column } from "../../src/platform/csv.ts";
import { everyItem, MAX_PAGE_SIZE } from "../../src/platform/list.ts";
import {
  createProject,
  deleteProject,
  getProject,
  listProjects,
  newProject,
  type Project,
  PROJECT_LIST,
  projectChanges,
  PROJECTS_WRITE,
  updateProject,
} from "../../src/projects/projects.ts";
import { DeleteProjectDialog, DeleteProjectPage } from "../../views/pages/projects/delete_project_page.tsx";
import { ProjectCreated, ProjectDeleted, ProjectSaved } from "../../views/pages/projects/project_changes.tsx";
import {
  ProjectDialog,
  ProjectForm,
  ProjectFormPage,
  type ProjectFormProps,
} from "../../views/pages/projects/project_form.tsx";
import { ProjectList, ProjectRows } from "../../views/pages/projects/project_list.tsx";
import { ProjectActions, ProjectPage } from "../../views/pages/projects/project_page.tsx";
import type { ListedProject } from "../../views/pages/projects/project_row.tsx";
import { NewProjectLink, ProjectsPage } from "../../views/pages/projects/projects_page.tsx";
import { sendCsv } from "../csv.ts";
import { readListAddress } from "../list_address.ts";
import { type Done, done, form, page } from "../page.tsx";
import { snakeCase } from "../wire.ts";
import { MemberPages } from "./member_pages.ts";

/** The version that the person saw when they started to edit. */
const editedProject = projectChanges.extend({ version: z.coerce.number().int().positive() });

const CSV_COLUMNS: Column<ListedProject>[] = [
  { heading: "Name", cell: ({ name }) => name },
  { heading: "Description", cell: ({ description }) => description },
  { heading: "Status", cell: ({ status }) => status },
  { heading: "Owner", cell: ({ ownerName }) => ownerName },
  { heading: "Created", cell: ({ createdAt }) => createdAt },
  { heading: "Updated", cell: ({ updatedAt }) => updatedAt },
];

const ALL_PROJECTS = { label: "Projects", href: "/projects" };

const pages = new MemberPages({ ...ALL_PROJECTS, icon: "folder", group: "main", position: 20 });
export default pages;

pages.get("/projects", async (c) => {
  const ctx = c.get("member");
  const query = readListAddress(c, PROJECT_LIST);
  const { search, status, sort, cursor } = query;
  const { items, nextCursor } = await listProjects(ctx, query);
  const list = {
    projects: await withOwners(ctx, items),
    nextCursor,
    query: { search: search ?? "", status: status ?? "all" as const, sort: snakeCase(sort) },
    ...viewing(ctx),
  };
  return await page(c, {
    title: "Projects",
    actions: can(ctx, PROJECTS_WRITE) ? <NewProjectLink /> : undefined,
    body: <ProjectsPage {...list} />,
    partial: cursor ? <ProjectRows {...list} /> : <ProjectList {...list} />,
  });
});

pages.get("/projects.csv", (c) => {
  const ctx = c.get("member");
  const query = { ...readListAddress(c, PROJECT_LIST), limit: MAX_PAGE_SIZE };
  const rows = everyItem(query, async (part) => {
    const { items, nextCursor } = await listProjects(ctx, part);
    return { items: await withOwners(ctx, items), nextCursor };
  });
  return sendCsv(c, "projects.csv", CSV_COLUMNS, rows);
});

pages.get("/projects/new", (c) => {
  authorize(c.get("member"), PROJECTS_WRITE);
  return page(c, { ...projectForm({}), partial: <ProjectDialog /> });
});

pages.post("/projects", (c) => {
  const ctx = c.get("member");
  return form(c, {
    schema: newProject,
    submit: (input, { idFor }) => createProject(ctx, input, idFor("project")),
    done: (project) => ({
      to: "/projects",
      flash: `${project.name} was created.`,
      partial: async () => <ProjectCreated project={await withOwner(ctx, project)} {...viewing(ctx)} />,
    }),
    refusals: ["invalid", "limit_reached"],
    refused: projectForm,
  });
});

pages.get("/projects/:id", async (c) => {
  const ctx = c.get("member");
  const project = await withOwner(ctx, await getProject(ctx, c.req.param("id")));
  const { now, canWrite } = viewing(ctx);
  return await page(c, {
    title: project.name,
    trail: [ALL_PROJECTS],
    actions: canWrite ? <ProjectActions project={project} /> : undefined,
    body: <ProjectPage project={project} now={now} />,
  });
});

pages.get("/projects/:id/edit", async (c) => {
  const ctx = c.get("member");
  authorize(ctx, PROJECTS_WRITE);
  const project = await getProject(ctx, c.req.param("id"));
  const props = { project, values: project };
  return await page(c, { ...projectForm(props), partial: <ProjectDialog {...props} /> });
});

pages.post("/projects/:id", (c) => {
  const ctx = c.get("member");
  const id = c.req.param("id");
  return form(c, {
    schema: editedProject,
    submit: ({ version, ...changes }) => updateProject(ctx, id, changes, version),
    done: (project) => saved(ctx, project, "saved"),
    refusals: ["invalid", "precondition_failed"],
    refused: async (refused) => projectForm({ project: await getProject(ctx, id), ...refused }),
  });
});

pages.post("/projects/:id/archive", async (c) => {
  const ctx = c.get("member");
  const project = await updateProject(ctx, c.req.param("id"), { status: "archived" });
  return await done(c, saved(ctx, project, "archived"));
});

pages.post("/projects/:id/restore", async (c) => {
  const ctx = c.get("member");
  const project = await updateProject(ctx, c.req.param("id"), { status: "active" });
  return await done(c, saved(ctx, project, "restored"));
});

pages.get("/projects/:id/delete", async (c) => {
  const ctx = c.get("member");
  authorize(ctx, PROJECTS_WRITE);
  const project = await getProject(ctx, c.req.param("id"));
  return await page(c, {
    title: "Delete project",
    trail: [ALL_PROJECTS],
    body: <DeleteProjectPage project={project} />,
    partial: <DeleteProjectDialog project={project} />,
  });
});

pages.post("/projects/:id/delete", async (c) => {
  const { id, name } = await deleteProject(c.get("member"), c.req.param("id"));
  return await done(c, {
    to: "/projects",
    flash: `${name} was deleted.`,
    partial: <ProjectDeleted id={id} name={name} />,
  });
});

/** The form on its own page, or only the form for htmx. */
function projectForm(props: ProjectFormProps) {
  return {
    title: props.project ? "Edit project" : "New project",
    trail: [ALL_PROJECTS],
    body: <ProjectFormPage {...props} />,
    partial: <ProjectForm {...props} inPlace />,
  };
}

function saved(ctx: TenantContext, project: Project, verb: "saved" | "archived" | "restored"): Done {
  return {
    to: `/projects/${project.id}`,
    flash: `${project.name} was ${verb}.`,
    partial: async () => (
      <ProjectSaved project={await withOwner(ctx, project)} verb={verb} {...viewing(ctx)} />
    ),
  };
}

function viewing(ctx: TenantContext) {
  return { now: ctx.services.clock.now(), canWrite: can(ctx, PROJECTS_WRITE) };
}

async function withOwner(ctx: TenantContext, project: Project): Promise<ListedProject> {
  return (await withOwners(ctx, [project]))[0]!;
}

async function withOwners(ctx: TenantContext, projects: Project[]): Promise<ListedProject[]> {
  const names = await memberNames(ctx, projects.flatMap(({ ownerId }) => ownerId ?? []));
  return projects.map((project) => ({
    ...project,
    ownerName: project.ownerId === null ? "System" : names.get(project.ownerId) ?? "Former member",
  }));
}
