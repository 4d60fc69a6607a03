import type { FieldErrors } from "../../../src/errors.ts";
import { Button, ButtonLink } from "../../components/button.tsx";
import { FormKeyField } from "../../components/form_key.tsx";
import { FormColumn } from "../../layouts/site_layout.tsx";
import { WorkspaceFields } from "../sign_up/workspace_fields.tsx";
import { workspacesText } from "./text.ts";

export type NewWorkspacePageProps = {
  values?: { company_name?: string; subdomain?: string; suggested?: string };
  errors?: FieldErrors;
  /** The part of a workspace's host after the subdomain: `.localhost:8000`. */
  hostSuffix: string;
};

const FIELDS = ["company_name", "subdomain"];

/** `/workspaces/new`: another workspace for someone who has an account. */
export function NewWorkspacePage({ values = {}, errors = {}, hostSuffix }: NewWorkspacePageProps) {
  const text = workspacesText.use();
  const focus = FIELDS.find((field) => errors[field]) ?? "company_name";
  return (
    <FormColumn title={text.newTitle} lead={text.newLead}>
      <form method="post" action="/workspaces/new" novalidate class="grid grid-cols-1 gap-5">
        <FormKeyField />
        <WorkspaceFields values={values} errors={errors} hostSuffix={hostSuffix} focus={focus} />
        <div class="flex flex-wrap gap-2">
          <Button variant="primary" size="large">{text.create}</Button>
          <ButtonLink href="/workspaces" size="large">{text.cancel}</ButtonLink>
        </div>
      </form>
    </FormColumn>
  );
}
