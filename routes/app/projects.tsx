import { Hono } from "hono";
import { z } from "zod";
import { memberNames } from "../../src/access/members.ts";
import type { TenantContext } from "../../src/context.ts";
import type { DomainError } from "../../src/errors.ts";
import { parseInput } from "../../src/platform/input.ts";
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
  EditProjectDialog,
  NewProjectDialog,
  ProjectForm,
  ProjectFormPage,
  type ProjectFormProps,
} from "../../views/pages/projects/project_form.tsx";
import { ProjectList, ProjectRows } from "../../views/pages/projects/project_list.tsx";
import { ProjectPage } from "../../views/pages/projects/project_page.tsx";
import type { ListedProject } from "../../views/pages/projects/project_row.tsx";
import { ProjectsPage } from "../../views/pages/projects/projects_page.tsx";
import { sendFlash } from "../flash.ts";
import { idFromForm } from "../form_keys.ts";
import { submit } from "../forms.ts";
import { type AppContext, type AppEnv, isPartial, readForm, tenantContextOf } from "../http.ts";
import { readListAddress } from "../list_address.ts";
import { render } from "../render.tsx";
import { snakeCase } from "../wire.ts";
import { shellOf } from "./viewer.ts";
import { authorize, can } from "../../src/access/authorize.ts";

const projectVersion = z.object({ version: z.coerce.number().int().positive() });

export const projectsPages = new Hono<AppEnv>();

projectsPages.get("/projects", async (c) => {
  const ctx = tenantContextOf(c);
  const query = readListAddress(c, PROJECT_LIST);
  const { search, status, sort, cursor } = query;
  const { items, nextCursor } = await listProjects(ctx, query);
  const list = {
    projects: await withOwners(ctx, items),
    nextCursor,
    query: { search: search ?? "", status: status ?? "all" as const, sort: snakeCase(sort) },
    ...viewing(ctx),
  };
  if (!isPartial(c)) return render(c, <ProjectsPage {...shellOf(c)} {...list} />);
  return render(c, cursor ? <ProjectRows {...list} /> : <ProjectList {...list} />);
});

projectsPages.get("/projects/new", (c) => {
  authorize(tenantContextOf(c), PROJECTS_WRITE);
  return render(c, isPartial(c) ? <NewProjectDialog /> : <ProjectFormPage {...shellOf(c)} />);
});

projectsPages.post("/projects", async (c) => {
  const ctx = tenantContextOf(c);
  const form = await readForm(c);
  const id = idFromForm(c, "project", form);
  const created = await submit(async () => await createProject(ctx, parseInput(newProject, form), id), [
    "invalid",
    "limit_reached",
  ]);
  if (created.refusal) return refusedForm(c, created.refusal, { values: form });
  const project = created.value;
  if (!isPartial(c)) return goTo(c, "/projects", `${project.name} was created.`);
  return render(c, <ProjectCreated project={await withOwner(ctx, project)} {...viewing(ctx)} />);
});

projectsPages.get("/projects/:id", async (c) => {
  const ctx = tenantContextOf(c);
  const project = await withOwner(ctx, await getProject(ctx, c.req.param("id")));
  return render(c, <ProjectPage {...shellOf(c)} project={project} {...viewing(ctx)} />);
});

projectsPages.get("/projects/:id/edit", async (c) => {
  const ctx = tenantContextOf(c);
  authorize(ctx, PROJECTS_WRITE);
  const project = await getProject(ctx, c.req.param("id"));
  const form = { project, values: project };
  return render(
    c,
    isPartial(c) ? <EditProjectDialog {...form} /> : <ProjectFormPage {...shellOf(c)} {...form} />,
  );
});

projectsPages.post("/projects/:id", async (c) => {
  const ctx = tenantContextOf(c);
  const id = c.req.param("id");
  const form = await readForm(c);
  const { version } = parseInput(projectVersion, form);
  const saved = await submit(
    async () => await updateProject(ctx, id, parseInput(projectChanges, form), version),
    ["invalid", "precondition_failed"],
  );
  if (saved.refusal) {
    return refusedForm(c, saved.refusal, { project: await getProject(ctx, id), values: form });
  }
  const project = saved.value;
  if (!isPartial(c)) return goTo(c, `/projects/${id}`, `${project.name} was saved.`);
  return render(c, <ProjectSaved project={await withOwner(ctx, project)} {...viewing(ctx)} />);
});

for (
  const { verb, status, done } of [
    { verb: "archive", status: "archived", done: "archived" },
    { verb: "restore", status: "active", done: "restored" },
  ] as const
) {
  projectsPages.post(`/projects/:id/${verb}`, async (c) => {
    const ctx = tenantContextOf(c);
    const project = await updateProject(ctx, c.req.param("id"), { status });
    if (!isPartial(c)) return goTo(c, `/projects/${project.id}`, `${project.name} was ${done}.`);
    return render(c, <ProjectSaved project={await withOwner(ctx, project)} verb={done} {...viewing(ctx)} />);
  });
}

projectsPages.get("/projects/:id/delete", async (c) => {
  const ctx = tenantContextOf(c);
  authorize(ctx, PROJECTS_WRITE);
  const project = await getProject(ctx, c.req.param("id"));
  return render(
    c,
    isPartial(c)
      ? <DeleteProjectDialog project={project} />
      : <DeleteProjectPage {...shellOf(c)} project={project} />,
  );
});

projectsPages.post("/projects/:id/delete", async (c) => {
  const { id, name } = await deleteProject(tenantContextOf(c), c.req.param("id"));
  if (isPartial(c)) return render(c, <ProjectDeleted id={id} name={name} />);
  return goTo(c, "/projects", `${name} was deleted.`);
});

/** The form again, with what has to change. */
function refusedForm(
  c: AppContext,
  refusal: DomainError,
  form: ProjectFormProps,
): Response | Promise<Response> {
  const problem = refusal.kind === "invalid" ? undefined : refusal.message;
  const props = { ...form, errors: refusal.fields, problem };
  return render(
    c,
    isPartial(c) ? <ProjectForm {...props} inPlace /> : <ProjectFormPage {...shellOf(c)} {...props} />,
    422,
  );
}

function goTo(c: AppContext, path: string, text: string): Response {
  sendFlash(c, { kind: "success", text });
  return c.redirect(path, 303);
}

function viewing(ctx: TenantContext) {
  return { now: ctx.services.clock.now(), canWrite: can(ctx, PROJECTS_WRITE) };
}

async function withOwner(ctx: TenantContext, project: Project): Promise<ListedProject> {
  return (await withOwners(ctx, [project]))[0]!;
}

async function withOwners(ctx: TenantContext, projects: Project[]): Promise<ListedProject[]> {
  const names = await memberNames(ctx, projects.map(({ ownerId }) => ownerId));
  return projects.map((project) => ({
    ...project,
    ownerName: names.get(project.ownerId) ?? "Former member",
  }));
}
