import type { FieldErrors } from "../../src/errors.ts";
import { Button, ButtonLink } from "../components/button.tsx";
import { FormKeyField } from "../components/form_key.tsx";
import { FormColumn } from "../layouts/site_layout.tsx";
import { WorkspaceFields } from "./workspace_fields.tsx";

export type NewWorkspacePageProps = {
  values?: { company_name?: string; subdomain?: string };
  errors?: FieldErrors;
  /** The part of a workspace's host after the subdomain: `.localhost:8000`. */
  hostSuffix: string;
};

const FIELDS = ["company_name", "subdomain"];

/** `/workspaces/new`: another workspace for someone who has an account. */
export function NewWorkspacePage({ values = {}, errors = {}, hostSuffix }: NewWorkspacePageProps) {
  const focus = FIELDS.find((field) => errors[field]) ?? "company_name";
  return (
    <FormColumn
      title="New workspace"
      lead="You'll be its owner. Your other workspaces can't see it."
    >
      <form method="post" action="/workspaces/new" novalidate class="grid gap-5" x-data="subdomain">
        <FormKeyField />
        <WorkspaceFields values={values} errors={errors} hostSuffix={hostSuffix} focus={focus} />
        <div class="flex flex-wrap gap-2">
          <Button variant="primary" size="large">Create workspace</Button>
          <ButtonLink href="/workspaces" size="large">Cancel</ButtonLink>
        </div>
      </form>
    </FormColumn>
  );
}
