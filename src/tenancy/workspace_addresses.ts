import { and, gt, inArray, isNull, or } from "drizzle-orm";
import { subdomains } from "../../db/control/schema/tenants.ts";
import type { SystemContext } from "../context.ts";
import type { FieldProblems } from "../errors.ts";
import { sha256 } from "../platform/crypto.ts";
import { problemOf } from "../platform/input.ts";
import type { Problem } from "../platform/problem.ts";
import { subdomain, SUBDOMAIN_TAKEN } from "./subdomains.ts";

/** Suggestions stay short, so that they are easy to type and leave room for an ending. */
const MAX_SUGGESTED_LENGTH = 40;
const MAX_READ_LENGTH = 200;
/** What makes a suggestion free if another workspace has the plain name. */
const ENDINGS = ["", "-hq", "-team", ..."23456789".split("").map((digit) => `-${digit}`)];
const NEUTRAL_SUGGESTIONS = 8;

/** Whether a workspace could have an address, or why not, with an address that is free. */
export type AddressCheck =
  | { isAvailable: true; subdomain: string }
  | { isAvailable: false; problem: Problem; suggestion: string | null };

/** Whether a new workspace could have this address. `companyName` is the source of the suggestion if the address has no letters. */
export async function checkAddress(
  ctx: SystemContext,
  typed: string,
  companyName: string,
): Promise<AddressCheck> {
  const parsed = subdomain.safeParse(typed);
  const isTaken = parsed.success && await isSubdomainTaken(ctx, parsed.data);
  if (parsed.success && !isTaken) return { isAvailable: true, subdomain: parsed.data };
  const issue = parsed.error?.issues[0];
  const problem = issue ? problemOf(issue) : SUBDOMAIN_TAKEN;
  const suggestion = await suggestAddress(ctx, await toLabel(typed) ? typed : companyName);
  return { isAvailable: false, problem, suggestion };
}

/**
 * An address that is free, written with the Latin letters of a name: `lodz-outdoor` for "Łódź Outdoor". A name that can't be
 * written with Latin letters gets a neutral one, such as `team-4821`. Null if all suggestions are taken.
 */
export async function suggestAddress(ctx: SystemContext, name: string): Promise<string | null> {
  const candidates = (await candidatesFor(name)).filter((each) => subdomain.safeParse(each).success);
  const taken = await findTaken(ctx, candidates);
  return candidates.find((candidate) => !taken.has(candidate)) ?? null;
}

/** The error that a form shows beside the errors of its schema if an address is well formed but taken. */
export async function findAddressProblem(
  ctx: SystemContext,
  { subdomain: typed = "" }: { subdomain?: string },
): Promise<FieldProblems> {
  const parsed = subdomain.safeParse(typed);
  return parsed.success && await isSubdomainTaken(ctx, parsed.data) ? { subdomain: SUBDOMAIN_TAKEN } : {};
}

/** Whether a subdomain belongs to a tenant, or still redirects to one. */
export async function isSubdomainTaken(ctx: SystemContext, name: string): Promise<boolean> {
  return (await findTaken(ctx, [name])).size > 0;
}

async function findTaken(ctx: SystemContext, names: string[]): Promise<Set<string>> {
  const isLive = or(isNull(subdomains.expiresAt), gt(subdomains.expiresAt, ctx.services.clock.now()));
  const rows = await ctx.control.select({ name: subdomains.name }).from(subdomains)
    .where(and(inArray(subdomains.name, names), isLive));
  return new Set(rows.map(({ name }) => name));
}

async function candidatesFor(name: string): Promise<string[]> {
  const label = await toLabel(name);
  return label === "" ? neutralCandidates(name) : ENDINGS.map((ending) => label + ending);
}

/** The same name always gets the same candidates, so that a suggestion doesn't change while someone reads it. */
function neutralCandidates(name: string): string[] {
  const digits = BigInt(`0x${sha256(name)}`).toString();
  return Array.from(
    { length: NEUTRAL_SUGGESTIONS },
    (_, index) => `team-${digits.slice(index * 4, index * 4 + 4)}`,
  );
}

/** The name as a label of a host name. Empty if it has no letter or digit that can be written in Latin letters. */
async function toLabel(name: string): Promise<string> {
  const { default: transliterate } = await import("@sindresorhus/transliterate"); // its tables would slow every start
  return transliterate(name.slice(0, MAX_READ_LENGTH).toWellFormed()).toLowerCase()
    .replaceAll(/['\u2019]/g, "").replaceAll(/[^a-z0-9]+/g, "-").replace(/^-/, "")
    .slice(0, MAX_SUGGESTED_LENGTH).replace(/-$/, "");
}
