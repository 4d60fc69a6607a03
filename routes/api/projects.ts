import { z } from "zod";
import {
  createProject,
  deleteProject,
  getProject,
  listProjects,
  newProject,
  type Project,
  PROJECT_ARCHIVED,
  PROJECT_CREATED,
  PROJECT_DELETED,
  PROJECT_LIST,
  PROJECT_RESTORED,
  PROJECT_UPDATED,
  projectChanges,
  PROJECTS_READ,
  PROJECTS_WRITE,
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
}, {
  id: "0198c0de-5a7e-7b3c-9d10-3f2a8c6b4e01",
  name: "Warehouse move",
  description: "Racking plan for the new site.",
  status: "active",
  ownerId: "0198c0de-11aa-7c2e-8f4d-7b6a5c4d3e21",
  createdAt: "2026-03-02T09:00:00.000Z",
  updatedAt: "2026-03-02T09:00:00.000Z",
});

const versionOf = ({ version }: Project) => version;

const projects = tenantResource("Projects", "The projects of the tenant.");
export default projects;

projects.list("/projects", {
  operationId: "listProjects",
  summary: "List projects",
  permission: PROJECTS_READ,
  list: PROJECT_LIST,
  name: "ProjectList",
  item: project,
  answer: "A page of projects",
  run: listProjects,
});

projects.operation("post", "/projects", {
  operationId: "createProject",
  summary: "Create a project",
  permission: PROJECTS_WRITE,
  events: [PROJECT_CREATED],
  body: newProject,
  example: { name: "Warehouse move", description: "Racking plan for the new site." },
  answer: { status: 201, description: "The new project", schema: project },
  versionOf,
  run: (ctx, { body }) => createProject(ctx, body),
});

projects.operation("get", "/projects/{id}", {
  operationId: "getProject",
  summary: "Get a project",
  permission: PROJECTS_READ,
  answer: { description: "The project", schema: project },
  versionOf,
  run: (ctx, { id }) => getProject(ctx, id),
});

projects.operation("patch", "/projects/{id}", {
  operationId: "updateProject",
  summary: "Change a project",
  permission: PROJECTS_WRITE,
  events: [PROJECT_UPDATED, PROJECT_ARCHIVED, PROJECT_RESTORED],
  body: projectChanges,
  example: { status: "archived" },
  answer: { description: "The changed project", schema: project },
  versionOf,
  checksMatch: true,
  run: (ctx, { id, body, expectedVersions }) => updateProject(ctx, id, body, expectedVersions),
});

projects.operation("delete", "/projects/{id}", {
  operationId: "deleteProject",
  summary: "Delete a project",
  permission: PROJECTS_WRITE,
  events: [PROJECT_DELETED],
  answer: { status: 204, description: "The project was deleted" },
  versionOf,
  checksMatch: true,
  run: (ctx, { id, expectedVersions }) => deleteProject(ctx, id, expectedVersions),
});
