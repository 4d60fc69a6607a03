import { z } from "zod";
import { can } from "../access/authorize.ts";
import { isAssignable, withImplied } from "../access/permissions.ts";
import type { TenantContext } from "../context.ts";
import { type FieldProblems, forbidden, invalid } from "../errors.ts";
import { parseAddressRange } from "../platform/address_ranges.ts";
import { problem } from "../platform/problem.ts";
import { singleLine } from "../platform/text.ts";
import type { Services } from "../ports.ts";

const NAME_MISSING = problem("api_key_name_missing", "Enter a name.");
const PERMISSIONS_MISSING = problem("api_key_permissions_missing", "Choose at least one permission.");
const PERMISSIONS_UNKNOWN = problem(
  "api_key_permissions_unknown",
  "An API key can't have these permissions: {keys}.",
);
const PERMISSIONS_NOT_YOURS = problem(
  "api_key_permissions_not_yours",
  "You can't give an API key permissions that you don't have.",
);
const EXPIRY_PAST = problem("api_key_expiry_past", "Choose a time in the future.");
const EXPIRY_NOT_A_TIME = problem("api_key_expiry_not_a_time", "Use a time such as 2027-03-02T09:00:00Z.");
const ADDRESS_INVALID = problem(
  "api_key_address_invalid",
  "“{address}” is not an IP address or a range such as 203.0.113.0/24.",
);
const TOO_MANY_ADDRESSES = problem("api_key_too_many_addresses", "Use {maximum} addresses at most.");
const REQUESTS_INVALID = problem("api_key_requests_invalid", "Use a whole number from 1 to 100,000.");

const MAX_NAME_LENGTH = 60;
const MAX_PERMISSION_LENGTH = 100;
const MAX_PERMISSIONS = 200;
const MAX_ADDRESSES = 50;
const MAX_ADDRESS_LENGTH = 60;
export const MAX_REQUESTS_PER_MINUTE = 100_000;

export const newApiKey = z.object({
  name: singleLine(MAX_NAME_LENGTH, NAME_MISSING),
  permissions: z.array(z.string().max(MAX_PERMISSION_LENGTH)).max(MAX_PERMISSIONS),
  expiresAt: z.iso.datetime({ offset: true, error: EXPIRY_NOT_A_TIME.code }).nullable().default(null),
  allowedIps: z.array(z.string().max(MAX_ADDRESS_LENGTH)).max(MAX_ADDRESSES, TOO_MANY_ADDRESSES.code)
    .default([]),
  requestsPerMinute: z.int({ error: REQUESTS_INVALID.code }).min(1, REQUESTS_INVALID.code)
    .max(MAX_REQUESTS_PER_MINUTE, REQUESTS_INVALID.code).nullable().default(null),
});
export type NewApiKey = z.output<typeof newApiKey>;

/** A key's values as they are stored. */
export type CheckedKey = Pick<NewApiKey, "name" | "permissions" | "allowedIps" | "requestsPerMinute"> & {
  expiresAt: Date | null;
};

/**
 * The key as it may be stored, with the permissions that the wanted ones imply. Throws `invalid`, or `forbidden` if the actor lacks
 * one of the permissions.
 */
export function checkKey(ctx: TenantContext, input: NewApiKey): CheckedKey {
  const expiresAt = input.expiresAt === null ? null : new Date(input.expiresAt);
  const allowedIps = input.allowedIps.map((address) => address.trim());
  const problems = {
    ...permissionProblems(ctx.services, input.permissions),
    ...addressProblems(allowedIps),
    ...(expiresAt && expiresAt <= ctx.services.clock.now() ? { expiresAt: EXPIRY_PAST } : {}),
  };
  if (Object.keys(problems).length > 0) throw invalid(problems);
  const permissions = [...withImplied(input.permissions)].sort();
  if (!mayGive(ctx, permissions)) throw forbidden(PERMISSIONS_NOT_YOURS);
  return { name: input.name, permissions, allowedIps, expiresAt, requestsPerMinute: input.requestsPerMinute };
}

/** What is wrong with the permissions of a key that someone wants, if anything. */
export function permissionProblems(
  { permissions }: Pick<Services, "permissions">,
  wanted: readonly string[],
): FieldProblems {
  const known = new Set(permissions.filter(isAssignable).map(({ key }) => key));
  const unknown = wanted.filter((key) => !known.has(key));
  if (unknown.length > 0) return { permissions: PERMISSIONS_UNKNOWN.with({ keys: unknown }) };
  return wanted.length === 0 ? { permissions: PERMISSIONS_MISSING } : {};
}

function addressProblems(addresses: readonly string[]): FieldProblems {
  const wrong = addresses.find((address) => !parseAddressRange(address));
  return wrong === undefined ? {} : { allowedIps: ADDRESS_INVALID.with({ address: wrong }) };
}

function mayGive(ctx: TenantContext, keys: readonly string[]): boolean {
  return ctx.services.permissions.filter(({ key }) => keys.includes(key)).every((each) => can(ctx, each));
}
