import { pgSchema } from "drizzle-orm/pg-core";

/** Schema `control`: what is not a tenant's own. Only the application's login role sees it. */
export const control = pgSchema("control");
