import { emailAddress } from "../platform/text.ts";
import type { Provider } from "./oauth_providers.ts";
import { personName } from "./users.ts";

/** A person's account at a provider, as the provider describes it. */
export type ProviderAccount = {
  provider: Provider;
  issuer: string;
  /** What the issuer never gives to another account. */
  subject: string;
  /** Null unless the provider verified the address. */
  email: string | null;
  /** An empty text if the provider tells none that we accept. */
  name: string;
};

type Claims = Readonly<Record<string, unknown>>;

/** Google's ID token. `sub` never changes. Throws `IncompleteAccount`. */
export function googleAccount(claims: Claims): ProviderAccount {
  return {
    provider: "google",
    issuer: textOf(claims, "iss"),
    subject: textOf(claims, "sub"),
    email: claims.email_verified === true ? addressOf(claims.email) : null,
    name: nameOf(claims.name),
  };
}

/**
 * Microsoft's ID token. `oid` is unique in the directory `tid` only. Anyone can give an account of their own directory any `email`,
 * so the address counts only if `xms_edov` says that the directory has verified its domain. Throws `IncompleteAccount`.
 */
export function microsoftAccount(claims: Claims): ProviderAccount {
  const isVerified = [true, 1, "1", "true"].some((yes) => claims.xms_edov === yes);
  return {
    provider: "microsoft",
    issuer: textOf(claims, "iss"),
    subject: `${textOf(claims, "tid")}.${textOf(claims, "oid")}`,
    email: isVerified ? addressOf(claims.email) : null,
    name: nameOf(claims.name),
  };
}

/** The answers of GitHub's `/user` and `/user/emails`. Its ids are numbers that it never reuses. Throws `IncompleteAccount`. */
export function githubAccount(issuer: string, user: unknown, emails: unknown): ProviderAccount {
  const { id, login, name } = fieldsOf(user);
  if (typeof id !== "number" || !Number.isSafeInteger(id)) throw new IncompleteAccount("id");
  const primary = (Array.isArray(emails) ? emails : []).map(fieldsOf).find((each) => each.primary === true);
  return {
    provider: "github",
    issuer,
    subject: String(id),
    email: primary?.verified === true ? addressOf(primary.email) : null,
    name: nameOf(name) || nameOf(login),
  };
}

/** A provider's answer that doesn't say whose account it is. */
export class IncompleteAccount extends Error {
  constructor(field: string) {
    super(`The provider's answer has no "${field}".`);
  }
}

function textOf(claims: Claims, name: string): string {
  const value = claims[name];
  if (typeof value !== "string" || value === "") throw new IncompleteAccount(name);
  return value;
}

function addressOf(email: unknown): string | null {
  return emailAddress.safeParse(email).data ?? null;
}

function nameOf(name: unknown): string {
  return personName.safeParse(name).data ?? "";
}

function fieldsOf(json: unknown): Claims {
  return typeof json === "object" && json !== null ? json as Claims : {};
}
