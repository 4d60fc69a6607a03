import type { PropsWithChildren } from "hono/jsx";
import { Logo } from "../components/icon.tsx";
import { MenuLink } from "../components/menu.tsx";
import { UserMenu } from "./account_menus.tsx";
import type { LayoutProps } from "./layout.ts";
import type { NavigationLink } from "./navigation.tsx";
import { ShellFrame } from "./shell_frame.tsx";

const LINKS: readonly NavigationLink[] = [
  { label: "Tenants", href: "/admin/tenants", icon: "layers" },
  { label: "Jobs", href: "/admin/jobs", icon: "clock" },
  { label: "Suppressed email", href: "/admin/suppressions", icon: "inbox" },
];

/** The layout of the back office, for the platform's staff. The dark header distinguishes it from a workspace. */
export function AdminShell(
  { title, user, flash, children }: PropsWithChildren<
    LayoutProps & { user: { name: string; email: string } }
  >,
) {
  return (
    <ShellFrame
      documentTitle={`${title} · Back office · Denizen`}
      links={LINKS}
      headerClass="scheme-dark"
      mark={<BackOfficeMark />}
      menu={
        <UserMenu user={user}>
          <MenuLink icon="layers" href="/workspaces">Your workspaces</MenuLink>
        </UserMenu>
      }
      flash={flash}
    >
      {children}
    </ShellFrame>
  );
}

function BackOfficeMark() {
  return (
    <a href="/admin/tenants" class="flex h-10 items-center gap-3 rounded-md px-1.5">
      <Logo />
      <span class="rounded-full border border-warning/40 px-2.5 py-0.5 text-xs font-medium text-warning">
        Back office
      </span>
    </a>
  );
}
