import { boolean, index, text, uuid } from "drizzle-orm/pg-core";
import { moment } from "../../columns.ts";
import type { UserId } from "../../ids.ts";
import { control } from "./control.ts";

export const users = control.table("users", {
  id: uuid("id").$type<UserId>().primaryKey(),
  /** In lowercase and trimmed, so that each address has only one user. */
  email: text("email").notNull().unique(),
  /** When the user confirmed the email address. Null until then. */
  emailVerifiedAt: moment("email_verified_at"),
  name: text("name").notNull(),
  /** The Argon2id hash as a PHC string. Null until the user sets a password with a one-time link. */
  passwordHash: text("password_hash"),
  isPlatformAdmin: boolean("is_platform_admin").notNull().default(false),
  /** The colors of pages. `system` follows the device. */
  theme: text("theme", { enum: ["system", "light", "dark"] }).notNull().default("system"),
  /** The language of pages, such as `en`. Null follows the browser. */
  locale: text("locale"),
  /** The color behind the user's initials. Null until they choose one. */
  avatarColor: text("avatar_color", {
    enum: ["gray", "red", "amber", "green", "blue", "violet", "pink"],
  }),
  createdAt: moment("created_at").notNull(),
  updatedAt: moment("updated_at").notNull(),
}, (table) => [index("users_created").on(table.createdAt, table.id)]);
