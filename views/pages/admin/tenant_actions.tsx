import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { ConfirmationField } from "../../components/confirmation_field.tsx";
import { TextAreaField } from "../../components/field.tsx";
import { Day, Time } from "../../components/time.tsx";
import type { ShownTenant, TenantPageProps } from "./tenant_page.tsx";

const MAX_REASON_LENGTH = 500;

/** Suspends the tenant with a reason, or resumes it. */
export function SuspensionCard(
  { tenant, now, form }: { tenant: ShownTenant; now: Date; form?: TenantPageProps["suspend"] },
) {
  const action = `/admin/tenants/${tenant.id}/suspension`;
  if (tenant.status === "suspended") {
    return (
      <Card title="Suspension">
        <form method="post" action={`${action}/end`} class="grid gap-4">
          {tenant.suspension ? <Suspended {...tenant.suspension} now={now} /> : null}
          <div>
            <Button variant="primary" icon="restore">Resume</Button>
          </div>
        </form>
      </Card>
    );
  }
  return (
    <Card title="Suspension">
      <form method="post" action={action} novalidate class="grid gap-4">
        <p class="text-muted">
          Members and API clients lose access until you resume the tenant. Nothing is deleted.
        </p>
        <TextAreaField
          id="reason"
          name="reason"
          label="Reason"
          hint="Members will read this."
          rows={3}
          maxlength={MAX_REASON_LENGTH}
          value={form?.values.reason}
          error={form?.errors.reason}
          autofocus={form ? true : undefined}
        />
        <div>
          <Button>Suspend tenant</Button>
        </div>
      </form>
    </Card>
  );
}

function Suspended({ reason, at, now }: { reason: string; at: Date; now: Date }) {
  return (
    <>
      <p class="text-muted">
        Suspended <Time at={at} now={now} />. Members read this:
      </p>
      <p class="border-l-2 border-line pl-3 whitespace-pre-line wrap-anywhere">{reason}</p>
    </>
  );
}

/** Schedules the tenant's deletion, or cancels it. */
export function DeletionCard({ tenant, form }: { tenant: ShownTenant; form?: TenantPageProps["remove"] }) {
  const action = `/admin/tenants/${tenant.id}/deletion`;
  if (tenant.deletion) {
    return (
      <Card title="Deletion" tone="danger">
        <form method="post" action={`${action}/cancel`} class="grid gap-4">
          <p>
            The tenant and everything in it will be permanently deleted on <Day at={tenant.deletion} long />.
          </p>
          <div>
            <Button icon="restore">Cancel deletion</Button>
          </div>
        </form>
      </Card>
    );
  }
  return (
    <Card title="Deletion" tone="danger">
      <form method="post" action={action} novalidate class="grid gap-4">
        <p class="text-muted">
          The tenant will be permanently deleted after 30 days. Until then, it works as before, and you or its
          owners can cancel the deletion.
        </p>
        <ConfirmationField
          label="The tenant's subdomain"
          text={tenant.subdomain}
          value={form?.values.confirmation}
          error={form?.errors.confirmation}
        />
        <div>
          <Button variant="danger">Delete tenant</Button>
        </div>
      </form>
    </Card>
  );
}
