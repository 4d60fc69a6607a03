import { z } from "zod";
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
import { model } from "../operation_document.ts";
import { tenantResource } from "./audiences.ts";

const project = model("Project", {
  id: z.uuid(),
  name: z.string(),
  description: z.string(),
  status: z.enum(["active", "archived"]),
  ownerId: z.uuid().nullable(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});

const versionOf = ({ version }: Project) => version;

const projects = tenantResource("Projects");
export default projects;

projects.list("/projects", {
  operationId: "listProjects",
  summary: "List projects",
  list: PROJECT_LIST,
  name: "ProjectList",
  item: project,
  answer: "A page of projects",
  run: listProjects,
});

projects.operation("post", "/projects", {
  operationId: "createProject",
  summary: "Create a project",
  body: newProject,
  answer: { status: 201, description: "The new project", schema: project },
  versionOf,
  run: (ctx, { body }) => createProject(ctx, body),
});

projects.operation("get", "/projects/{id}", {
  operationId: "getProject",
  summary: "Get a project",
  answer: { description: "The project", schema: project },
  versionOf,
  run: (ctx, { id }) => getProject(ctx, id),
});

projects.operation("patch", "/projects/{id}", {
  operationId: "updateProject",
  summary: "Change a project",
  body: projectChanges,
  answer: { description: "The changed project", schema: project },
  versionOf,
  run: (ctx, { id, body, expectedVersion }) => updateProject(ctx, id, body, expectedVersion),
});

projects.operation("delete", "/projects/{id}", {
  operationId: "deleteProject",
  summary: "Delete a project",
  answer: { status: 204, description: "The project was deleted" },
  run: (ctx, { id }) => deleteProject(ctx, id),
});
