import { projects as projectsTable } from "../../db/tenant/schema/projects.ts";
import { feature } from "../feature.ts";
import { PROJECT_LIMIT, PROJECTS_READ, PROJECTS_WRITE } from "./projects.ts";

export const projects = feature("projects", {
  tables: [projectsTable],
  permissions: [PROJECTS_READ, PROJECTS_WRITE],
  limits: [PROJECT_LIMIT],
});
