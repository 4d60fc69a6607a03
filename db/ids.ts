import type { Brand } from "../src/platform/brand.ts";

/** Values of these types come from columns that are declared with the type, or from code that validated them. */
export type UserId = Brand<string, "UserId">;
export type TenantId = Brand<string, "TenantId">;
