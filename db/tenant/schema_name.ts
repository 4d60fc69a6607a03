import type { Brand } from "../../src/platform/brand.ts";
import { randomBase32 } from "../../src/platform/crypto.ts";

/** The name of a tenant's schema and role: `tenant_` and 26 random base32 characters. Never made from user input. */
export type SchemaName = Brand<string, "SchemaName">;

const RANDOM_LETTERS = 26;
const PATTERN = /^tenant_[a-z2-7]{26}$/;
const OWNER_PATTERN = /^denizen_owner_[a-z2-7]{10}$/;

export function newSchemaName(): SchemaName {
  return `tenant_${randomBase32(RANDOM_LETTERS)}` as SchemaName;
}

/** Parses a schema's name. Throws if `newSchemaName` can't have made it, so the result is safe inside SQL. */
export function parseSchemaName(text: string): SchemaName {
  if (!PATTERN.test(text)) throw new Error(`"${text}" is not the name of a tenant's schema`);
  return text as SchemaName;
}

/** A new name for the role that owns the tenants' tables. Roles belong to the server, so each database needs another name. */
export function newOwnerRole(): string {
  return `denizen_owner_${randomBase32(10)}`;
}

/** Parses the name of an owner role. Throws if `newOwnerRole` can't have made it. */
export function parseOwnerRole(text: string): string {
  if (!OWNER_PATTERN.test(text)) throw new Error(`"${text}" is not the name of an owner role`);
  return text;
}
