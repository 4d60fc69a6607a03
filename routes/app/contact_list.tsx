import type { Context } from "hono";
import { isEntitled } from "../../src/billing/plan_features.ts";
import { planOf } from "../../src/billing/plans.ts";
import { browseContacts, CONTACT_LIST, type ContactQuery } from "../../src/contacts/contacts.ts";
import { allLists, type ContactList } from "../../src/contacts/lists.ts";
import { CAMPAIGNS } from "../../src/contacts/permissions.ts";
import type { TenantContext } from "../../src/context.ts";
import type { ContactListProps } from "../../views/pages/contacts/contact_list.tsx";
import type { MemberEnv } from "../http.ts";
import { type Address, readListAddress } from "../list_address.ts";
import { snakeCase } from "../wire.ts";

/** The query of the list in a URL. */
export function contactQuery(address: Address): ContactQuery {
  return readListAddress(address, CONTACT_LIST);
}

/** What the list of a URL shows. */
export async function showContacts(c: Context<MemberEnv>): Promise<ContactListProps> {
  const ctx = c.get("member");
  const query = contactQuery(c.req.query());
  const { search = "", consentStatus = "all", tag = "", list = "", sort } = query;
  const [{ items, tabs, ...pages }, lists] = await Promise.all([
    browseContacts(ctx, query),
    listsOf(ctx),
  ]);
  return {
    contacts: items,
    pages,
    counts: tabs,
    view: { search, consent_status: consentStatus, tag, list, sort: snakeCase(sort) },
    lists,
    now: ctx.services.clock.now(),
    missingPlan: isEntitled(ctx, CAMPAIGNS) ? undefined : planOf(CAMPAIGNS.from).name,
  };
}

/** The workspace's lists by name. */
export async function listsOf(ctx: TenantContext): Promise<ContactList[]> {
  const [lists] = await ctx.read((tx) => [allLists(tx)]);
  return lists;
}
