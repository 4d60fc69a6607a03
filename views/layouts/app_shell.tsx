import type { Child } from "hono/jsx";
import { Alert, type Flash } from "../components/alert.tsx";
import { Button } from "../components/button.tsx";
import { Day } from "../components/time.tsx";
import { UserMenu, WorkspaceSwitcher } from "./account_menus.tsx";
import { ShellFrame } from "./shell_frame.tsx";

export type ShellTenant = { name: string; subdomain: string };
export type ShellUser = { name: string; email: string; role: string };

/** A deletion that is scheduled; owners can take it back. */
export type ShellDeletion = { on: Date; canCancel: boolean };

/** What a tenant's page says about where and who one is; each page passes it on to the shell. */
export type ShellProps = {
  tenant: ShellTenant;
  user: ShellUser;
  flash?: Flash;
  deletion?: ShellDeletion;
  /** The person's address, as long as it isn't confirmed. */
  unverified?: string;
};

export type Section = typeof SECTIONS[number]["key"];

const SECTIONS = [
  { key: "dashboard", label: "Dashboard", href: "/dashboard", icon: "home" },
  { key: "projects", label: "Projects", href: "/projects", icon: "folder" },
  { key: "settings", label: "Settings", href: "/settings", icon: "settings" },
] as const;

/** A page of a tenant's host, for someone who is signed in. */
export function AppShell(
  { title, tenant, user, active, flash, deletion, unverified, children }: ShellProps & {
    title: string;
    active?: Section;
    children?: Child;
  },
) {
  return (
    <ShellFrame
      documentTitle={`${title} · ${tenant.name}`}
      navigation={{ sections: SECTIONS, active }}
      mark={<WorkspaceSwitcher tenant={tenant} />}
      menu={<UserMenu user={user} />}
      notice={deletion || unverified ? <Notices deletion={deletion} unverified={unverified} /> : null}
      flash={flash}
    >
      {children}
    </ShellFrame>
  );
}

function Notices({ deletion, unverified }: Pick<ShellProps, "deletion" | "unverified">) {
  return (
    <>
      {deletion ? <DeletionNotice {...deletion} /> : null}
      {unverified ? <VerificationNotice address={unverified} /> : null}
    </>
  );
}

function VerificationNotice({ address }: { address: string }) {
  return (
    <Alert action={<ResendForm />}>
      Confirm your email. We sent a link to {address}.
    </Alert>
  );
}

function ResendForm() {
  return (
    <form method="post" action="/verify-email/resend">
      <Button size="small">Send again</Button>
    </form>
  );
}

function DeletionNotice({ on, canCancel }: ShellDeletion) {
  return (
    <Alert kind="warning" action={canCancel ? <KeepForm /> : null}>
      This workspace will be deleted on <Day at={on} long />.
    </Alert>
  );
}

function KeepForm() {
  return (
    <form method="post" action="/settings/deletion/cancel">
      <Button size="small">Keep it</Button>
    </form>
  );
}
