import type { Context } from "hono";
import { z } from "zod";
import { authorize, can } from "../../src/access/authorize.ts";
import type { WithActorColor } from "../../src/access/members.ts";
import type { AuditEntry } from "../../src/audit/audit_log.ts";
import type { TenantContext } from "../../src/context.ts";
import { sentenceOf } from "../../src/events/sentence.ts";
import type { Column } from "../../src/platform/csv.ts";
import { everyItem } from "../../src/platform/list.ts";
import { MAX_PAGE_SIZE } from "../../src/platform/list_query.ts";
import type { Translate } from "../../src/platform/wording.ts";
import { getProjectHistory } from "../../src/projects/project_history.ts";
import {
  createProject,
  deleteProject,
  getProject,
  listProjects,
  newProject,
  type Project,
  projectChanges,
  PROJECTS_READ,
  PROJECTS_WRITE,
  updateProject,
} from "../../src/projects/projects.ts";
import { DeleteProjectDialog, DeleteProjectPage } from "../../views/pages/projects/delete_project_page.tsx";
import {
  ProjectDialog,
  ProjectForm,
  ProjectFormPage,
  type ProjectFormProps,
} from "../../views/pages/projects/project_form.tsx";
import { ProjectList } from "../../views/pages/projects/project_list.tsx";
import { ProjectActions, type ProjectEvent, ProjectPage } from "../../views/pages/projects/project_page.tsx";
import type { ListedProject } from "../../views/pages/projects/project_row.tsx";
import { NewProjectLink, ProjectsPage } from "../../views/pages/projects/projects_page.tsx";
import { projectText } from "../../views/pages/projects/text.ts";
import { translatorTo } from "../../views/wording.ts";
import { sendCsv } from "../csv.ts";
import type { MemberEnv } from "../http.ts";
import { localeOf } from "../locale.ts";
import { done, form, page } from "../page.tsx";
import { MemberPages } from "./member_pages.ts";
import { afterChange, projectQuery, showProjects, withOwners } from "./project_list.tsx";

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

const pages = new MemberPages({
  label: (locale) => projectText.of(locale).title,
  href: "/projects",
  icon: "folder",
  group: "main",
  position: 20,
  permission: PROJECTS_READ,
}, { isOpenToSupport: true });
export default pages;

pages.get("/projects", async (c) => {
  const list = await showProjects(c, c.req.query());
  return await page(c, {
    title: textOf(c).title,
    actions: list.canWrite ? <NewProjectLink /> : undefined,
    body: <ProjectsPage {...list} />,
    partial: <ProjectList {...list} />,
  });
});

pages.get("/projects.csv", (c) => {
  const ctx = c.get("member");
  const query = { ...projectQuery(c.req.query()), limit: MAX_PAGE_SIZE };
  const rows = everyItem(query, async (part) => {
    const { items, nextCursor } = await listProjects(ctx, part);
    return { items: await withOwners(c, items), nextCursor };
  });
  return sendCsv(c, "projects.csv", CSV_COLUMNS, rows);
});

pages.get("/projects/new", (c) => {
  authorize(c.get("member"), PROJECTS_WRITE);
  return page(c, { ...projectForm(c, {}), partial: <ProjectDialog /> });
});

pages.post("/projects", (c) => {
  const ctx = c.get("member");
  return form(c, {
    schema: newProject,
    submit: (input, { idFor }) => createProject(ctx, input, idFor("project")),
    done: (project) => afterChange(c, "/projects", saying(textOf(c).created(project.name)), project),
    refusals: ["invalid", "limit_reached"],
    refused: (refused) => projectForm(c, refused),
  });
});

pages.get("/projects/:id", async (c) => {
  const ctx = c.get("member");
  const { project, history } = await getProjectHistory(ctx, c.req.param("id"));
  const [listed] = await withOwners(c, [project]) as [ListedProject];
  return await page(c, {
    title: project.name,
    trail: trailOf(c),
    actions: can(ctx, PROJECTS_WRITE) ? <ProjectActions project={listed} /> : undefined,
    body: (
      <ProjectPage
        project={listed}
        history={history.map((entry) => eventOf(ctx, entry, translatorTo(localeOf(c))))}
        now={ctx.services.clock.now()}
      />
    ),
  });
});

pages.get("/projects/:id/edit", async (c) => {
  const ctx = c.get("member");
  authorize(ctx, PROJECTS_WRITE);
  const project = await getProject(ctx, c.req.param("id"));
  const props = { project, values: project };
  return await page(c, { ...projectForm(c, props), partial: <ProjectDialog {...props} /> });
});

pages.post("/projects/:id", (c) => {
  const ctx = c.get("member");
  const id = c.req.param("id");
  return form(c, {
    schema: editedProject,
    submit: ({ version, ...changes }) => updateProject(ctx, id, changes, [version]),
    done: ({ name }) => afterChange(c, `/projects/${id}`, saying(textOf(c).saved(name))),
    refusals: ["invalid", "precondition_failed", "limit_reached"],
    refused: async (refused) => projectForm(c, { project: await getProject(ctx, id), ...refused }),
  });
});

pages.post("/projects/:id/archive", (c) => changeStatus(c, "archived"));

pages.post("/projects/:id/restore", (c) => changeStatus(c, "active"));

pages.get("/projects/:id/delete", async (c) => {
  const ctx = c.get("member");
  authorize(ctx, PROJECTS_WRITE);
  const project = await getProject(ctx, c.req.param("id"));
  return await page(c, {
    title: textOf(c).remove,
    trail: trailOf(c, project),
    body: <DeleteProjectPage project={project} />,
    partial: <DeleteProjectDialog project={project} />,
  });
});

pages.post("/projects/:id/delete", async (c) => {
  const { name } = await deleteProject(c.get("member"), c.req.param("id"));
  return await done(c, afterChange(c, "/projects", saying(textOf(c).deleted(name))));
});

/** Archives or restores a project. The message offers to undo it. */
async function changeStatus(c: Context<MemberEnv, "/projects/:id/archive">, status: Project["status"]) {
  const { id, name } = await updateProject(c.get("member"), c.req.param("id"), { status });
  const text = textOf(c);
  const [message, opposite] = status === "archived"
    ? [text.archived(name), "restore"]
    : [text.restored(name), "archive"];
  const undo = { action: `/projects/${id}/${opposite}`, row: `project-${id}` };
  return await done(c, afterChange(c, `/projects/${id}`, { ...saying(message), undo }));
}

/** The form on its own page, or only the form for htmx. */
function projectForm(c: Context<MemberEnv>, props: ProjectFormProps) {
  return {
    title: props.project ? textOf(c).edit : textOf(c).new,
    trail: trailOf(c, props.project),
    body: <ProjectFormPage {...props} />,
    partial: <ProjectForm {...props} inPlace />,
  };
}

function trailOf(c: Context<MemberEnv>, project?: { id: string; name: string }) {
  const list = { label: textOf(c).title, href: "/projects" };
  return project ? [list, { label: project.name, href: `/projects/${project.id}` }] : [list];
}

function eventOf(
  ctx: TenantContext,
  entry: WithActorColor<AuditEntry>,
  translate: Translate,
): ProjectEvent {
  const { fields } = entry.details;
  return {
    at: entry.at,
    actorName: entry.actorName,
    actorColor: entry.actorColor,
    action: entry.action,
    summary: sentenceOf(ctx.services.events, entry, translate),
    fields: Array.isArray(fields) ? fields.map(String) : [],
  };
}

function saying(text: string) {
  return { kind: "success" as const, text };
}

function textOf(c: Context<MemberEnv>) {
  return projectText.of(localeOf(c));
}
