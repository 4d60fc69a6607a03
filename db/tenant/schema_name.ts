import type { Brand } from "../../src/platform/brand.ts";
import { randomBase32 } from "../../src/platform/crypto.ts";

/** A tenant's schema and role: `tenant_` and 26 random letters of base32. Never made from user input. */
export type SchemaName = Brand<string, "SchemaName">;

const RANDOM_LETTERS = 26;
const PATTERN = /^tenant_[a-z2-7]{26}$/;
const OWNER_PATTERN = /^denizen_owner_[a-z2-7]{10}$/;

export function newSchemaName(): SchemaName {
  return `tenant_${randomBase32(RANDOM_LETTERS)}` as SchemaName;
}

/** `text` as a schema's name. Throws on anything that `newSchemaName` can't have made, so it is safe inside SQL. */
export function parseSchemaName(text: string): SchemaName {
  if (!PATTERN.test(text)) throw new Error(`"${text}" is not the name of a tenant's schema`);
  return text as SchemaName;
}

/** A name for the role that owns the tenants' tables. Roles belong to the server, so that each database has its own. */
export function newOwnerRole(): string {
  return `denizen_owner_${randomBase32(10)}`;
}

/** `text` as the name of an owner role. Throws on anything that `newOwnerRole` can't have made. */
export function parseOwnerRole(text: string): string {
  if (!OWNER_PATTERN.test(text)) throw new Error(`"${text}" is not the name of an owner role`);
  return text;
}
