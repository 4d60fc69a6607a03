import { boolean, text, uuid } from "drizzle-orm/pg-core";
import { moment } from "../../columns.ts";
import type { UserId } from "../../ids.ts";
import { control } from "./control.ts";

export const users = control.table("users", {
  id: uuid("id").$type<UserId>().primaryKey(),
  /** Lower case, trimmed: one address, one user. */
  email: text("email").notNull().unique(),
  /** When the person showed that email to the address reaches them. Null until then. */
  emailVerifiedAt: moment("email_verified_at"),
  name: text("name").notNull(),
  /** PHC string of Argon2id; null until the person sets a password by a one-time link. */
  passwordHash: text("password_hash"),
  isPlatformAdmin: boolean("is_platform_admin").notNull().default(false),
  createdAt: moment("created_at").notNull(),
  updatedAt: moment("updated_at").notNull(),
});
