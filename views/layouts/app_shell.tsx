import type { PropsWithChildren } from "hono/jsx";
import { Alert } from "../components/alert.tsx";
import { Button } from "../components/button.tsx";
import { Day } from "../components/time.tsx";
import { UserMenu, WorkspaceSwitcher } from "./account_menus.tsx";
import type { LayoutProps } from "./layout.ts";
import type { NavigationLink } from "./navigation.tsx";
import { ShellFrame } from "./shell_frame.tsx";

/** The workspace and the signed-in person. */
export type ShellProps = {
  links: readonly NavigationLink[];
  tenant: { name: string; subdomain: string };
  user: { name: string; email: string; role: string };
  /** The scheduled deletion, if there is one. */
  deletion?: { on: Date; canCancel: boolean };
  /** The person's email address while it is unconfirmed. */
  unverified?: string;
};

/** The layout of a workspace's pages, for its members. */
export function AppShell(
  { title, flash, links, tenant, user, deletion, unverified, children }: PropsWithChildren<
    LayoutProps & ShellProps
  >,
) {
  return (
    <ShellFrame
      documentTitle={`${title} · ${tenant.name}`}
      links={links}
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
      <Button size="small">Resend link</Button>
    </form>
  );
}

function DeletionNotice({ on, canCancel }: { on: Date; canCancel: boolean }) {
  return (
    <Alert kind="warning" action={canCancel ? <CancelForm /> : null}>
      This workspace will be deleted on <Day at={on} long />.
    </Alert>
  );
}

function CancelForm() {
  return (
    <form method="post" action="/settings/deletion/cancel">
      <Button size="small">Cancel deletion</Button>
    </form>
  );
}
