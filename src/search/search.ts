import { can } from "../access/authorize.ts";
import type { TenantContext } from "../context.ts";
import { likePattern, likePrefix } from "../platform/like_pattern.ts";
import { searchTerm } from "../platform/text.ts";
import type { Wording } from "../platform/wording.ts";
import type { Match, SearchSource } from "./search_source.ts";

const MAX_TERM_LENGTH = 100;
const MATCHES_PER_SOURCE = 5;

export const searchQuery = searchTerm(MAX_TERM_LENGTH);

export type Hit = { title: string; detail: string; href: string };

/** The matches of one source. */
export type HitGroup = { label: Wording; hits: Hit[] };

/**
 * Searches everything in the workspace that the actor may read. Returns up to five matches per source, and no group without
 * matches. Each source is one query, and those of the tenant's schema go out in one round trip.
 */
export async function search(ctx: TenantContext, term: string): Promise<HitGroup[]> {
  const sources = ctx.services.searches.filter(({ permission }) => can(ctx, permission));
  if (term === "" || sources.length === 0) return [];
  const values = {
    contains: likePattern(term),
    startsWith: likePrefix(term),
    limit: MATCHES_PER_SOURCE,
    tenantId: ctx.tenant.id,
  };
  const inTenant = sources.filter(({ inControl }) => !inControl);
  const inControl = sources.filter(({ inControl }) => inControl);
  const matches = await Promise.all([
    inTenant.length === 0 ? [] : ctx.read((tx) => inTenant.map((source) => source.find(tx, values))),
    Promise.all(inControl.map((source) => source.find(ctx.services.db.control, values))),
  ]);
  const found = matches.flat();
  return [...inTenant, ...inControl].map((source, index) => ({ source, matches: found[index]! }))
    .filter(({ matches }) => matches.length > 0)
    .sort((one, other) => one.source.position - other.source.position)
    .map(toGroup);
}

function toGroup({ source, matches }: { source: SearchSource; matches: Match[] }): HitGroup {
  return {
    label: source.label,
    hits: matches.map((match) => ({
      title: match.title,
      detail: match.detail,
      href: source.href(match),
    })),
  };
}
