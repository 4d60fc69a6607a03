import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { componentText } from "../../components/component_text.ts";
import { EmptyState } from "../../components/empty_state.tsx";
import { Icon } from "../../components/icon.tsx";
import { DeletionBadge, SuspendedBadge } from "../../components/lifecycle_badges.tsx";
import { Pagination } from "../../components/pagination.tsx";
import { type Mark, TenantMark } from "../../components/tenant_mark.tsx";
import { FormColumn } from "../../layouts/site_layout.tsx";
import { fill } from "../../text.ts";
import { workspacesText } from "./text.ts";

export type Workspace = Mark & {
  id: string;
  subdomain: string;
  role: string;
  url: string;
  /** The color that the workspace has chosen. */
  color?: string | null;
  /** The reason for the suspension, if the workspace is suspended. */
  suspension?: string;
  /** The day of the scheduled deletion, if there is one. */
  deletion?: Date | null;
};

/** `/workspaces`: the signed-in person's workspaces on the apex, with a link to the back office for staff. */
export function WorkspacesPage(
  { user, workspaces, pages, isStaff = false }: {
    user: { email: string };
    workspaces: Workspace[];
    /** Links to other pages of a long list. */
    pages?: { previousHref: string | null; nextHref: string | null };
    isStaff?: boolean;
  },
) {
  const text = workspacesText.use();
  const address = <span class="wrap-anywhere">{user.email}</span>;
  return (
    <FormColumn title={text.heading} lead={fill(text.signedInAs, { address })}>
      <Card flush>
        {workspaces.length > 0
          ? (
            <ul class="divide-y divide-line">
              {workspaces.map((one) => <WorkspaceItem key={one.id} {...one} />)}
            </ul>
          )
          : <NoWorkspaces />}
        {pages ? <Pagination {...pages} /> : null}
      </Card>
      <div class="flex flex-wrap items-center gap-2">
        {workspaces.length > 0
          ? <ButtonLink href="/workspaces/new" variant="primary" icon="plus">{text.newWorkspace}</ButtonLink>
          : null}
        {isStaff ? <ButtonLink href="/admin/tenants">{text.backOffice}</ButtonLink> : null}
        <ButtonLink href="/account" variant="quiet" icon="user">{text.account}</ButtonLink>
        <form method="post" action="/logout" class="ms-auto">
          <Button variant="quiet" icon="log-out">{text.signOut}</Button>
        </form>
      </div>
    </FormColumn>
  );
}

function WorkspaceItem({ id, name, color, logoUrl, role, url, suspension, deletion }: Workspace) {
  return (
    <li>
      <form method="post" action={`/workspaces/${id}/handoff`}>
        <button
          type="submit"
          class="group flex w-full items-center gap-3 rounded-lg px-4 py-3 text-start -outline-offset-2 transition-colors hover:bg-sunken"
        >
          <TenantMark name={name} color={color} logoUrl={logoUrl} />
          <span class="min-w-0 flex-1">
            <span class="line-clamp-2 w-fit font-medium wrap-anywhere" dir="auto">{name}</span>
            <span class="block truncate text-sm text-muted">{new URL(url).host}</span>
            {suspension !== undefined || deletion
              ? (
                <span class="mt-1 flex flex-wrap gap-1.5">
                  {suspension !== undefined ? <SuspendedBadge /> : null}
                  {deletion ? <DeletionBadge on={deletion} /> : null}
                </span>
              )
              : null}
            {suspension
              ? (
                <span class="mt-1.5 block text-sm wrap-anywhere whitespace-pre-line" dir="auto">
                  {suspension}
                </span>
              )
              : null}
          </span>
          <span class="text-sm text-muted">{componentText.use().roles[role] ?? role}</span>
          <Icon name="arrow-right" class="text-faint transition-transform group-hover:translate-x-0.5" />
        </button>
      </form>
    </li>
  );
}

function NoWorkspaces() {
  const text = workspacesText.use();
  return (
    <EmptyState icon="layers" title={text.emptyTitle} text={text.emptyText}>
      <ButtonLink href="/workspaces/new" variant="primary" icon="plus">{text.newWorkspace}</ButtonLink>
    </EmptyState>
  );
}
