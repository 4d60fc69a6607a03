import type { Child } from "hono/jsx";
import { Alert, type Flash } from "../components/alert.tsx";
import { ToastRegion } from "../components/toast.tsx";
import { UserMenu, WorkspaceSwitcher } from "./account_menus.tsx";
import { Document } from "./document.tsx";
import { PhoneNavigation, type Section, SideNavigation } from "./navigation.tsx";

export type ShellTenant = { name: string; subdomain: string };
export type ShellUser = { name: string; email: string; role: string };

/** What a tenant's page says about where and who one is; each page passes it on to the shell. */
export type ShellProps = { tenant: ShellTenant; user: ShellUser; flash?: Flash };

/** A page of a tenant's host, for someone who is signed in. */
export function AppShell(
  { title, tenant, user, active, flash, children }: ShellProps & {
    title: string;
    active?: Section;
    children?: Child;
  },
) {
  return (
    <Document title={`${title} · ${tenant.name}`}>
      <header class="sticky top-0 z-20 flex h-14 items-center gap-1 border-b border-line bg-surface px-2 sm:px-4">
        <PhoneNavigation active={active} />
        <WorkspaceSwitcher tenant={tenant} />
        <span class="flex-1"></span>
        <UserMenu user={user} />
      </header>
      <div class="md:grid md:grid-cols-[14rem_minmax(0,1fr)]">
        <SideNavigation active={active} />
        <main id="main" tabindex={-1} class="mx-auto w-full max-w-5xl px-4 py-6 outline-none sm:px-8 sm:py-9">
          {flash
            ? (
              <div class="mb-6">
                <Alert kind={flash.kind}>{flash.text}</Alert>
              </div>
            )
            : null}
          {children}
        </main>
      </div>
      <ToastRegion />
    </Document>
  );
}

/** The heading of a tenant's page, with its main action. */
export function PageHeading({ title, lead, action }: { title: Child; lead?: Child; action?: Child }) {
  return (
    <header class="mb-6 flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
      <div class="min-w-0">
        <h1 class="text-2xl font-semibold tracking-tighter wrap-anywhere">{title}</h1>
        {lead ? <p class="mt-0.5 text-muted">{lead}</p> : null}
      </div>
      {action ? <div class="flex flex-wrap gap-2">{action}</div> : null}
    </header>
  );
}
