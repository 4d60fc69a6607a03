import type { PropsWithChildren } from "hono/jsx";
import type { AvatarColor } from "../../src/identity/users.ts";
import { Alert } from "../components/alert.tsx";
import { Button, ButtonLink } from "../components/button.tsx";
import { Clock, Day } from "../components/time.tsx";
import { Palette } from "../pages/search/palette.tsx";
import { fill } from "../text.ts";
import type { Mark } from "../components/tenant_mark.tsx";
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
import { ShellFrame } from "./shell_frame.tsx";
import { layoutText } from "./text.ts";

/** The workspace and the signed-in person. */
export type ShellProps = {
  links: readonly NavigationLink[];
  tenant: Mark;
  user: { name: string; email: string; role: string; avatarColor?: AvatarColor | null };
  /** The scheduled deletion, if there is one. */
  deletion?: { on: Date; canCancel: boolean };
  /** The person's email address while it is unconfirmed. */
  unverified?: string;
  /** What the platform's staff tell the members. */
  announcements?: readonly ShownAnnouncement[];
  /** Set while a person of the platform's staff acts for the member. */
  visit?: { access: "read" | "change"; until: Date };
  /** The day from which on the workspace requires a second factor, which the person lacks. */
  factorBy?: Date;
};

/** The layout of a workspace's pages, for its members. */
export function AppShell(
  { links, tenant, user, announcements = [], visit, deletion, unverified, factorBy, children, ...page }:
    PropsWithChildren<
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
      sidebar={<Sidebar links={links} tenant={tenant} user={user} isVisit={visit !== undefined} />}
      subNavigation={besides}
      notices={announcements.length > 0 || visit || deletion || unverified || factorBy
        ? (
          <>
            {visit ? <VisitNotice {...visit} workspace={tenant.name} member={user.name} /> : null}
            {announcements.map((each) => (
              <AnnouncementNotice key={each.id} announcement={each} canDismiss={!visit} />
            ))}
            <Notices deletion={deletion} unverified={unverified} factorBy={factorBy} />
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
  { links, tenant, user, isVisit }: Pick<ShellProps, "links" | "tenant" | "user"> & { isVisit: boolean },
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
        <SidebarLinks links={inGroup("main")} />
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
        {isVisit ? null : <UserMenu user={user} accountHref={account?.href} />}
      </div>
    </>
  );
}

function Notices(
  { deletion, unverified, factorBy }: Pick<ShellProps, "deletion" | "unverified" | "factorBy">,
) {
  return (
    <>
      {deletion ? <DeletionNotice {...deletion} /> : null}
      {factorBy ? <FactorNotice by={factorBy} /> : null}
      {unverified ? <VerificationNotice address={unverified} /> : null}
    </>
  );
}

/** Says for whom a person of the platform's staff acts, and until when. It can't be dismissed. */
export function VisitNotice(
  { workspace, member, access, until }: NonNullable<ShellProps["visit"]> & {
    workspace: string;
    member: string;
  },
) {
  const text = layoutText.use();
  const names = {
    workspace: <bdi>{workspace}</bdi>,
    member: <bdi>{member}</bdi>,
    time: <Clock at={until} />,
  };
  const end = <NoticeForm action="/support-visit/end" label={text.endVisit} />;
  return (
    <div class="sticky top-2 z-10">
      <Alert kind="warning" action={end}>
        {fill(access === "read" ? text.visitReading : text.visitChanging, names)}
      </Alert>
    </div>
  );
}

/** Asks people to confirm their address, and sends another link. */
export function VerificationNotice({ address }: { address: string }) {
  const text = layoutText.use();
  return (
    <Alert action={<NoticeForm action="/verify-email/resend" label={text.resendLink} />}>
      {text.confirmEmail(address)}
    </Alert>
  );
}

function FactorNotice({ by }: { by: Date }) {
  const text = layoutText.use();
  const setUp = <ButtonLink href="/account/security" size="small">{text.setUpFactor}</ButtonLink>;
  return (
    <Alert kind="warning" action={setUp}>
      {fill(text.factorRequired, { day: <Day at={by} long /> })}
    </Alert>
  );
}

function DeletionNotice({ on, canCancel }: { on: Date; canCancel: boolean }) {
  const text = layoutText.use();
  const cancel = <NoticeForm action="/settings/deletion/cancel" label={text.cancelDeletion} />;
  return (
    <Alert kind="warning" action={canCancel ? cancel : null}>
      {fill(text.deletionScheduled, { day: <Day at={on} long /> })}
    </Alert>
  );
}

function NoticeForm({ action, label }: { action: string; label: string }) {
  return (
    <form method="post" action={action}>
      <Button size="small">{label}</Button>
    </form>
  );
}
