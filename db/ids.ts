import type { Brand } from "../src/platform/brand.ts";

/** Ids come from the tables' columns, which are declared with these types, or from code that has checked them. */
export type UserId = Brand<string, "UserId">;
export type TenantId = Brand<string, "TenantId">;
