import { pgSchema } from "drizzle-orm/pg-core";

/** Schema `control`: all data that doesn't belong to a single tenant's schema. Only the application's login can read it. */
export const control = pgSchema("control");
