import { projects } from "../../db/tenant/schema/projects.ts";
import { feature } from "../feature.ts";
import {
  PROJECT_ARCHIVED,
  PROJECT_CREATED,
  PROJECT_DELETED,
  PROJECT_LIMIT,
  PROJECT_RESTORED,
  PROJECT_SEARCH,
  PROJECT_UPDATED,
  PROJECTS_READ,
  PROJECTS_WRITE,
} from "./projects.ts";
import { PROJECT_SAMPLES } from "./sample_projects.ts";
import { FIRST_PROJECT } from "./setup.ts";

export default feature("projects", {
  label: "Projects",
  tables: [projects],
  permissions: [PROJECTS_READ, PROJECTS_WRITE],
  limits: [PROJECT_LIMIT],
  events: [PROJECT_CREATED, PROJECT_UPDATED, PROJECT_ARCHIVED, PROJECT_RESTORED, PROJECT_DELETED],
  searches: [PROJECT_SEARCH],
  setup: [FIRST_PROJECT],
  samples: [PROJECT_SAMPLES],
});
