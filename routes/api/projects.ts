import { createRoute, z } from "@hono/zod-openapi";
import { preconditionFailed } from "../../src/errors.ts";
import {
  createProject,
  deleteProject,
  getProject,
  listProjects,
  newProject,
  type Project,
  PROJECT_LIST,
  projectChanges,
  updateProject,
} from "../../src/projects/projects.ts";
import { fromWire, wireSchema } from "../wire.ts";
import { apiRoutes, BEARER, json, jsonBody, problems } from "./schemas.ts";

const ProjectJson = z.object({
  id: z.uuid(),
  name: z.string(),
  description: z.string(),
  status: z.enum(["active", "archived"]),
  owner_id: z.uuid(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
}).openapi("Project");

const ProjectList = z.object({ data: z.array(ProjectJson), next_cursor: z.string().nullable() }).openapi(
  "ProjectList",
);
const params = z.object({ id: z.string() });
const ETAG = {
  ETag: { schema: { type: "string" as const }, description: "The project's version, for If-Match" },
};

const common = { tags: ["Projects"], security: BEARER };

const list = createRoute({
  ...common,
  method: "get",
  path: "/projects",
  summary: "List projects",
  operationId: "listProjects",
  request: { query: wireSchema(PROJECT_LIST.query) },
  responses: { 200: json("A page of projects", ProjectList), ...problems(401, 403, 422) },
});

const create = createRoute({
  ...common,
  method: "post",
  path: "/projects",
  summary: "Create a project",
  operationId: "createProject",
  request: { body: jsonBody(newProject) },
  responses: { 201: { ...json("The new project", ProjectJson), headers: ETAG }, ...problems(401, 403, 422) },
});

const read = createRoute({
  ...common,
  method: "get",
  path: "/projects/{id}",
  summary: "Get a project",
  operationId: "getProject",
  request: { params },
  responses: { 200: { ...json("The project", ProjectJson), headers: ETAG }, ...problems(401, 403, 404) },
});

const update = createRoute({
  ...common,
  method: "patch",
  path: "/projects/{id}",
  summary: "Change a project",
  operationId: "updateProject",
  request: {
    params,
    headers: z.object({ "if-match": z.string().optional() }),
    body: jsonBody(projectChanges),
  },
  responses: {
    200: { ...json("The changed project", ProjectJson), headers: ETAG },
    ...problems(401, 403, 404, 412, 422),
  },
});

const remove = createRoute({
  ...common,
  method: "delete",
  path: "/projects/{id}",
  summary: "Delete a project",
  operationId: "deleteProject",
  request: { params },
  responses: { 204: { description: "The project is gone" }, ...problems(401, 403, 404) },
});

export const projectsApi = apiRoutes();

projectsApi.openapi(list, async (c) => {
  const { items, nextCursor } = await listProjects(
    c.get("api"),
    fromWire(PROJECT_LIST.query, c.req.valid("query")),
  );
  return c.json({ data: items.map(projectJson), next_cursor: nextCursor }, 200);
});

projectsApi.openapi(create, async (c) => {
  const project = await createProject(c.get("api"), c.req.valid("json"));
  c.header("Location", `/api/v1/projects/${project.id}`);
  return c.json(projectJson(project), 201, etag(project));
});

projectsApi.openapi(read, async (c) => {
  const project = await getProject(c.get("api"), c.req.valid("param").id);
  return c.json(projectJson(project), 200, etag(project));
});

projectsApi.openapi(update, async (c) => {
  const version = expectedVersion(c.req.valid("header")["if-match"]);
  const project = await updateProject(c.get("api"), c.req.valid("param").id, c.req.valid("json"), version);
  return c.json(projectJson(project), 200, etag(project));
});

projectsApi.openapi(remove, async (c) => {
  await deleteProject(c.get("api"), c.req.valid("param").id);
  return c.body(null, 204);
});

function projectJson(project: Project): z.infer<typeof ProjectJson> {
  const { id, name, description, status, ownerId, createdAt, updatedAt } = project;
  return {
    id,
    name,
    description,
    status,
    owner_id: ownerId,
    created_at: createdAt.toISOString(),
    updated_at: updatedAt.toISOString(),
  };
}

function etag({ version }: Project) {
  return { ETag: `"${version}"` };
}

/** The version that `If-Match` names; any with `*` or without the header. What names no version of ours matches none. */
function expectedVersion(ifMatch: string | undefined): number | undefined {
  if (ifMatch === undefined || ifMatch.trim() === "*") return undefined;
  const version = /^"(\d{1,9})"$/.exec(ifMatch.trim())?.[1];
  if (!version) throw preconditionFailed("If-Match holds no ETag of this project.");
  return Number(version);
}
