import { sql } from "drizzle-orm";
import { projects } from "../../db/tenant/schema/projects.ts";
import { setupStep } from "../setup/setup_step.ts";
import { PROJECTS_WRITE } from "./projects.ts";

export const FIRST_PROJECT = setupStep("first_project", {
  label: "Create a project",
  position: 20,
  path: "/projects/new",
  permission: PROJECTS_WRITE,
  isDone: sql`exists (select from ${projects} where not ${projects.isSample})`,
});
