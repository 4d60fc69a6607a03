import { bigint, boolean, index, text, uuid } from "drizzle-orm/pg-core";
import { moment } from "../../columns.ts";
import type { UserId } from "../../ids.ts";
import { control } from "./control.ts";
import { factors } from "./factors.ts";
import { users } from "./users.ts";

/** The public keys of passkeys (WebAuthn Level 3). Name and dates are in `factors`. */
export const passkeys = control.table("passkeys", {
  factorId: uuid("factor_id").primaryKey().references(() => factors.id, { onDelete: "cascade" }),
  /** The authenticator's id of the key, as base64url. */
  credentialId: text("credential_id").notNull().unique(),
  /** A COSE key (RFC 9052), as base64url. */
  publicKey: text("public_key").notNull(),
  /** How often the key was used, as the authenticator counts. Many authenticators always say 0. */
  counter: bigint("counter", { mode: "number" }).notNull(),
  /** How browsers reach the authenticator, such as `usb` or `internal`. */
  transports: text("transports").array().notNull(),
  /** Whether the key can sync to other devices. */
  deviceType: text("device_type", { enum: ["singleDevice", "multiDevice"] }).notNull(),
  isBackedUp: boolean("is_backed_up").notNull(),
});

/** Random values that browsers have to sign with a passkey. Each works once. */
export const passkeyChallenges = control.table("passkey_challenges", {
  id: uuid("id").primaryKey(),
  /** SHA-256 of the value. */
  challengeHash: text("challenge_hash").notNull().unique(),
  /** SHA-256 of the secret in the browser's cookie. */
  browserHash: text("browser_hash").notNull(),
  purpose: text("purpose", { enum: ["sign_in", "step_up", "registration"] }).notNull(),
  /** The person who is signed in. Null for a sign-in. */
  userId: uuid("user_id").$type<UserId>().references(() => users.id, { onDelete: "cascade" }),
  expiresAt: moment("expires_at").notNull(),
}, (table) => [
  index("passkey_challenges_user").on(table.userId),
  index("passkey_challenges_expiry").on(table.expiresAt),
]);
