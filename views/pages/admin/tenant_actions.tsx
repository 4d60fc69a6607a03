import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { ConfirmationField } from "../../components/confirmation_field.tsx";
import { TextAreaField } from "../../components/field.tsx";
import { Day, Time } from "../../components/time.tsx";
import { fill } from "../../text.ts";
import type { ShownTenant, TenantPageProps } from "./tenant_page.tsx";
import { tenantText } from "./tenant_text.ts";

const MAX_REASON_LENGTH = 500;

/** Suspends the tenant with a reason, or resumes it. */
export function SuspensionCard(
  { tenant, now, form }: { tenant: ShownTenant; now: Date; form?: TenantPageProps["suspend"] },
) {
  const text = tenantText.use();
  const action = `/admin/tenants/${tenant.id}/suspension`;
  if (tenant.status === "suspended") {
    return (
      <Card title={text.suspension}>
        <form method="post" action={`${action}/end`} class="grid gap-4">
          {tenant.suspension ? <Suspended {...tenant.suspension} now={now} /> : null}
          <div>
            <Button variant="primary" icon="restore">{text.resume}</Button>
          </div>
        </form>
      </Card>
    );
  }
  return (
    <Card title={text.suspension}>
      <form method="post" action={action} novalidate class="grid gap-4">
        <p class="text-muted">{text.suspensionLead}</p>
        <TextAreaField
          id="reason"
          name="reason"
          label={text.reason}
          hint={text.reasonHint}
          rows={3}
          maxlength={MAX_REASON_LENGTH}
          value={form?.values.reason}
          error={form?.errors.reason}
          autofocus={form ? true : undefined}
        />
        <div>
          <Button>{text.suspend}</Button>
        </div>
      </form>
    </Card>
  );
}

function Suspended({ reason, at, now }: { reason: string; at: Date; now: Date }) {
  return (
    <>
      <p class="text-muted">{fill(tenantText.use().suspendedSince, { time: <Time at={at} now={now} /> })}</p>
      <p class="border-s-2 border-line ps-3 whitespace-pre-line wrap-anywhere" dir="auto">{reason}</p>
    </>
  );
}

/** Schedules the tenant's deletion, or cancels it. */
export function DeletionCard({ tenant, form }: { tenant: ShownTenant; form?: TenantPageProps["remove"] }) {
  const text = tenantText.use();
  const action = `/admin/tenants/${tenant.id}/deletion`;
  if (tenant.deletion) {
    return (
      <Card title={text.deletion} tone="danger">
        <form method="post" action={`${action}/cancel`} class="grid gap-4">
          <p>{fill(text.deletionDue, { day: <Day at={tenant.deletion} long /> })}</p>
          <div>
            <Button icon="restore">{text.cancelDeletion}</Button>
          </div>
        </form>
      </Card>
    );
  }
  return (
    <Card title={text.deletion} tone="danger">
      <form method="post" action={action} novalidate class="grid gap-4">
        <p class="text-muted">{text.deletionLead}</p>
        <ConfirmationField
          label={text.subdomain}
          text={tenant.subdomain}
          value={form?.values.confirmation}
          error={form?.errors.confirmation}
        />
        <div>
          <Button variant="danger">{text.delete}</Button>
        </div>
      </form>
    </Card>
  );
}
