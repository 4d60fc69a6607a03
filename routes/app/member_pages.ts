import { type Context, Hono } from "hono";
import type { Actor } from "../../src/access/actor.ts";
import { can } from "../../src/access/authorize.ts";
import type { Grants, Permission } from "../../src/access/permissions.ts";
import type { Locale } from "../../views/locale.ts";
import type { NavigationLink } from "../../views/layouts/navigation.tsx";
import type { HttpEnv, MemberEnv } from "../http.ts";
import { localeOf } from "../locale.ts";

/** Members come here first. It leads those who may not see it to the first page that they may see. */
export const START_PATH = "/dashboard";

/** A link in the navigation. Within its group, links with a lower `position` come first. */
export type PlacedLink = Omit<NavigationLink, "label"> & {
  label: (locale: Locale) => string;
  position: number;
  /** Only members with this permission see the link. */
  permission?: Permission;
  /** Whether it is about the person, so that staff who act for them don't see it. */
  isPersonal?: boolean;
};

/** A feature's pages for the members of a workspace. With a link, they appear in the navigation. */
export class MemberPages extends Hono<MemberEnv> {
  /** Whether staff who act for a member, with a grant that allows changes, may use the pages' forms. */
  readonly isOpenToSupport: boolean;

  constructor(readonly link?: PlacedLink, { isOpenToSupport = false }: { isOpenToSupport?: boolean } = {}) {
    super();
    this.isOpenToSupport = isOpenToSupport;
  }
}

/** The links of each set of permissions, by language. A session keeps its permissions. */
const listed = new WeakMap<Grants, Map<Locale, readonly NavigationLink[]>>();

/** The links that the actor may see, in the reader's language. */
export function linksFor<Env extends HttpEnv>(
  c: Context<Env>,
  placed: readonly PlacedLink[],
  actor: Actor,
): readonly NavigationLink[] {
  const locale = localeOf(c);
  const { permissions } = actor;
  const ofLocale = listed.get(permissions) ?? new Map<Locale, readonly NavigationLink[]>();
  const links = ofLocale.get(locale) ?? listLinks(locale, placed, actor);
  listed.set(permissions, ofLocale.set(locale, links));
  return links;
}

function listLinks(locale: Locale, placed: readonly PlacedLink[], actor: Actor): NavigationLink[] {
  const isOpen = ({ group, isPersonal, permission }: PlacedLink) =>
    actor.type === "acting" && (isPersonal || group === "account")
      ? false
      : !permission || can({ actor }, permission);
  return placed.filter(isOpen)
    .map(({ permission: _, isPersonal: __, ...link }) => ({ ...link, label: link.label(locale) }));
}
