import type { Child } from "hono/jsx";
import { Alert } from "../components/alert.tsx";
import { Button, ButtonLink, IconButton } from "../components/button.tsx";
import { componentText } from "../components/component_text.ts";
import { hx } from "../components/hx.ts";
import { Clock, Day } from "../components/time.tsx";
import { usePage } from "../page.tsx";
import { fill } from "../text.ts";
import { layoutText } from "./text.ts";

/** States that last, which a person can hide for a day. */
export const NOTICES = ["email", "factor", "deletion", "plan"] as const;
export type NoticeName = typeof NOTICES[number];

/** What the notices tell. */
export type Conditions = {
  /** The scheduled deletion, if there is one. */
  deletion?: { on: Date; canCancel: boolean };
  /** The person's email address while it is unconfirmed. */
  unverified?: string;
  /** The day from which on the workspace requires a second factor, which the person lacks. */
  factorBy?: Date;
  /** A failed payment makes the workspace read-only. It can't be hidden. */
  isReadOnly?: boolean;
  /** The workspace will be on Starter from this day on. */
  planUntil?: Date;
};

/** A person of the platform's staff acts for the member. */
export type Visit = { access: "read" | "change"; until: Date };

export function Notices(
  { deletion, unverified, factorBy, isReadOnly, planUntil, canDismiss }: Conditions & { canDismiss: boolean },
) {
  return (
    <>
      {isReadOnly ? <ReadOnlyNotice /> : null}
      {planUntil ? <PlanNotice until={planUntil} canDismiss={canDismiss} /> : null}
      {deletion ? <DeletionNotice {...deletion} canDismiss={canDismiss} /> : null}
      {factorBy ? <FactorNotice by={factorBy} canDismiss={canDismiss} /> : null}
      {unverified ? <VerificationNotice address={unverified} canDismiss={canDismiss} /> : null}
    </>
  );
}

/** Says for whom a person of the platform's staff acts, and until when. It can't be dismissed. */
export function VisitNotice(
  { workspace, member, access, until }: Visit & { workspace: string; member: string },
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
export function VerificationNotice({ address, canDismiss }: { address: string; canDismiss: boolean }) {
  const text = layoutText.use();
  const resend = <NoticeForm action="/verify-email/resend" label={text.resendLink} />;
  return (
    <Notice name="email" kind="info" action={resend} canDismiss={canDismiss}>
      {text.confirmEmail(address)}
    </Notice>
  );
}

/** The billing page says more. */
function ReadOnlyNotice() {
  const text = layoutText.use();
  if (usePage().path === "/billing") return null;
  const pay = <ButtonLink href="/billing" size="small">{text.toBilling}</ButtonLink>;
  return <Alert kind="error" action={pay}>{text.readOnly}</Alert>;
}

function PlanNotice({ until, canDismiss }: { until: Date; canDismiss: boolean }) {
  const text = layoutText.use();
  const choose = <ButtonLink href="/billing/plans" size="small">{text.choosePlan}</ButtonLink>;
  return (
    <Notice name="plan" kind="info" action={choose} canDismiss={canDismiss}>
      {fill(text.planEnds, { day: <Day at={until} long /> })}
    </Notice>
  );
}

function FactorNotice({ by, canDismiss }: { by: Date; canDismiss: boolean }) {
  const text = layoutText.use();
  const setUp = <ButtonLink href="/account/security" size="small">{text.setUpFactor}</ButtonLink>;
  return (
    <Notice name="factor" kind="warning" action={setUp} canDismiss={canDismiss}>
      {fill(text.factorRequired, { day: <Day at={by} long /> })}
    </Notice>
  );
}

function DeletionNotice(
  { on, canCancel, canDismiss }: { on: Date; canCancel: boolean; canDismiss: boolean },
) {
  const text = layoutText.use();
  const cancel = canCancel
    ? <NoticeForm action="/settings/deletion/cancel" label={text.cancelDeletion} />
    : null;
  return (
    <Notice name="deletion" kind="warning" action={cancel} canDismiss={canDismiss}>
      {fill(text.deletionScheduled, { day: <Day at={on} long /> })}
    </Notice>
  );
}

function Notice(
  { name, kind, action, canDismiss, children }: {
    name: NoticeName;
    kind: "info" | "warning";
    action: Child;
    canDismiss: boolean;
    children: Child;
  },
) {
  const id = `notice-${name}`;
  const dismissal = canDismiss
    ? <Dismissal action={`/account/notices/${name}/dismissal`} hides={id} />
    : null;
  return (
    <div id={id}>
      <Alert kind={kind} action={<div class="flex items-center gap-1">{action}{dismissal}</div>}>
        {children}
      </Alert>
    </div>
  );
}

/** The button that hides the element with the id `hides`. */
export function Dismissal({ action, hides }: { action: string; hides: string }) {
  return (
    <form method="post" action={action} {...hx({ post: action, target: `#${hides}`, swap: "delete" })}>
      <IconButton icon="x" label={componentText.use().dismiss} type="submit" />
    </form>
  );
}

function NoticeForm({ action, label }: { action: string; label: string }) {
  return (
    <form method="post" action={action}>
      <Button size="small">{label}</Button>
    </form>
  );
}
