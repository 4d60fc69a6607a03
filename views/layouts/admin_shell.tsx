import type { Child } from "hono/jsx";
import type { Flash } from "../components/alert.tsx";
import { Logo } from "../components/icon.tsx";
import { MenuLink } from "../components/menu.tsx";
import { UserMenu } from "./account_menus.tsx";
import { ShellFrame } from "./shell_frame.tsx";

/** What a page of the back office says about who one is; each page passes it on to the shell. */
export type AdminShellProps = { user: { name: string; email: string }; flash?: Flash };

export type AdminSection = typeof SECTIONS[number]["key"];

const SECTIONS = [
  { key: "tenants", label: "Tenants", href: "/admin/tenants", icon: "layers" },
  { key: "jobs", label: "Jobs", href: "/admin/jobs", icon: "clock" },
  { key: "suppressions", label: "Suppressed mail", href: "/admin/suppressions", icon: "inbox" },
] as const;

/** A page of the back office, for the platform's staff. Its header is dark, so that nobody takes it for a tenant's. */
export function AdminShell(
  { title, user, active, flash, children }: AdminShellProps & {
    title: string;
    active?: AdminSection;
    children?: Child;
  },
) {
  return (
    <ShellFrame
      documentTitle={`${title} · Back office · Denizen`}
      navigation={{ sections: SECTIONS, active }}
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
