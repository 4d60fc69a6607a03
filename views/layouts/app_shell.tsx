import type { PropsWithChildren } from "hono/jsx";
import type { AvatarColor } from "../../src/identity/users.ts";
import { Palette } from "../pages/search/palette.tsx";
import type { Mark } from "../components/tenant_mark.tsx";
import { LiveUnreadMark, type UnreadMarkProps } from "./unread_mark.tsx";
import { NOTIFICATIONS_PATH } from "../pages/notifications/notification_address.ts";
import { UserMenu, WorkspaceName, WorkspaceSwitcher } from "./account_menus.tsx";
import { AnnouncementNotice, type ShownAnnouncement } from "./announcement_notice.tsx";
import type { LayoutProps } from "./layout.ts";
import {
  type NavigationGroup,
  type NavigationLink,
  SearchLink,
  SidebarLink,
  SidebarLinks,
  SubNavigation,
  useCurrentLink,
} from "./navigation.tsx";
import { type Conditions, Notices, type Visit, VisitNotice } from "./notices.tsx";
import { usePage } from "../page.tsx";
import { ShellFrame } from "./shell_frame.tsx";
import { layoutText } from "./text.ts";

/** The workspace and the signed-in person. */
export type ShellProps = Conditions & {
  links: readonly NavigationLink[];
  tenant: Mark;
  user: { name: string; email: string; role: string; avatarColor?: AvatarColor | null };
  /** What the platform's staff tell the members. */
  announcements?: readonly ShownAnnouncement[];
  /** How many notifications are unread. Null on a visit, which shows none. */
  unread?: UnreadMarkProps | null;
  /** Set while a person of the platform's staff acts for the member. */
  visit?: Visit;
};

/** The layout of a workspace's pages, for its members. */
export function AppShell(
  {
    links,
    tenant,
    user,
    announcements = [],
    unread = null,
    visit,
    deletion,
    unverified,
    factorBy,
    isReadOnly,
    planUntil,
    children,
    ...page
  }: PropsWithChildren<
    LayoutProps & ShellProps
  >,
) {
  const text = layoutText.use();
  const group = useCurrentLink(links)?.group;
  const besides = group === "settings" || group === "account"
    ? <SubNavigation links={links.filter((link) => link.group === group)} label={text[group]} />
    : null;
  return (
    <ShellFrame
      {...page}
      documentTitle={`${page.title} · ${tenant.name}`}
      description={page.description ?? text.description(page.title, tenant.name)}
      sidebar={
        <Sidebar links={links} tenant={tenant} user={user} unread={unread} isVisit={visit !== undefined} />
      }
      subNavigation={besides}
      notices={announcements.length > 0 || visit || deletion || unverified || factorBy || isReadOnly ||
          planUntil
        ? (
          <>
            {visit ? <VisitNotice {...visit} workspace={tenant.name} member={user.name} /> : null}
            {announcements.map((each) => (
              <AnnouncementNotice key={each.id} announcement={each} canDismiss={!visit} />
            ))}
            <Notices {...{ deletion, unverified, factorBy, isReadOnly, planUntil }} canDismiss={!visit} />
          </>
        )
        : null}
      search={<Palette />}
    >
      {children}
    </ShellFrame>
  );
}

/** On a visit, the sidebar leads nowhere but into the workspace. */
function Sidebar(
  { links, tenant, user, unread, isVisit }:
    & Pick<ShellProps, "links" | "tenant" | "user">
    & { unread: UnreadMarkProps | null; isVisit: boolean },
) {
  const text = layoutText.use();
  const current = useCurrentLink(links)?.group;
  const inGroup = (group: NavigationGroup) => links.filter((link) => link.group === group);
  const [settings, account] = [inGroup("settings")[0], inGroup("account")[0]];
  return (
    <>
      {isVisit ? <WorkspaceName tenant={tenant} /> : <WorkspaceSwitcher tenant={tenant} />}
      <SearchLink />
      <nav aria-label={text.main} class="mt-3 min-h-0 flex-1 overflow-y-auto">
        <SidebarLinks
          links={inGroup("main")}
          marks={{ [NOTIFICATIONS_PATH]: unread ? <LiveUnreadMark {...unread} /> : null }}
        />
        <SidebarLinks links={inGroup("developers")} heading={text.developers} />
      </nav>
      <div class="grid grid-cols-1 gap-0.5 border-t border-line pt-2">
        {settings
          ? (
            <SidebarLink
              link={{ label: text.settings, href: settings.href, icon: "settings" }}
              isCurrent={current === "settings"}
            />
          )
          : null}
        {isVisit ? null : (
          <SidebarLink
            link={{ label: text.help, href: `${usePage().apexUrl}/docs/user`, icon: "help" }}
            isCurrent={false}
          />
        )}
        {isVisit ? null : <UserMenu user={user} accountHref={account?.href} />}
      </div>
    </>
  );
}
