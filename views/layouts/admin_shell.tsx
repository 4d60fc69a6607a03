import type { PropsWithChildren } from "hono/jsx";
import { Logo } from "../components/icon.tsx";
import { UserMenu } from "./account_menus.tsx";
import type { LayoutProps } from "./layout.ts";
import { SidebarLink, SidebarLinks } from "./navigation.tsx";
import { ShellFrame } from "./shell_frame.tsx";
import { layoutText } from "./text.ts";

/** The layout of the back office, for the platform's staff. The dark sidebar distinguishes it from a workspace. */
export function AdminShell(
  { user, children, ...page }: PropsWithChildren<LayoutProps & { user: { name: string; email: string } }>,
) {
  return (
    <ShellFrame
      {...page}
      documentTitle={`${page.title} · ${layoutText.use().backOffice} · Denizen`}
      sidebar={<Sidebar user={user} />}
      isDark
    >
      {children}
    </ShellFrame>
  );
}

function Sidebar({ user }: { user: { name: string; email: string } }) {
  const text = layoutText.use();
  const links = [
    { label: text.tenants, href: "/admin/tenants", icon: "layers", group: "main" },
    { label: text.users, href: "/admin/users", icon: "users", group: "main" },
    { label: text.analytics, href: "/admin/analytics", icon: "chart", group: "main" },
    { label: text.billing, href: "/admin/billing", icon: "card", group: "main" },
    { label: text.flags, href: "/admin/flags", icon: "bolt", group: "main" },
    { label: text.announcements, href: "/admin/announcements", icon: "info", group: "main" },
    { label: text.jobs, href: "/admin/jobs", icon: "clock", group: "main" },
    { label: text.suppressions, href: "/admin/suppressions", icon: "inbox", group: "main" },
    { label: text.auditLog, href: "/admin/audit", icon: "shield", group: "main" },
  ] as const;
  return (
    <>
      <a href="/admin/tenants" class="flex h-9 items-center justify-between gap-3 rounded-md px-2">
        <Logo />
        <span class="min-w-0 truncate rounded-full bg-warning-soft px-2 text-xs font-medium text-warning">
          {text.backOffice}
        </span>
      </a>
      <nav aria-label={text.main} class="mt-3 min-h-0 flex-1 overflow-y-auto">
        <SidebarLinks links={links} />
      </nav>
      <div class="grid grid-cols-1 gap-0.5 border-t border-line pt-2">
        <SidebarLink
          link={{ label: text.yourWorkspaces, href: "/workspaces", icon: "layers" }}
          isCurrent={false}
        />
        <UserMenu user={user} accountHref="/account" />
      </div>
    </>
  );
}
