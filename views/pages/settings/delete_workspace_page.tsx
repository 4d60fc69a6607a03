import type { FieldErrors } from "../../../src/errors.ts";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { ConfirmationField } from "../../components/confirmation_field.tsx";
import { TextLink } from "../../components/link.tsx";
import { Day } from "../../components/time.tsx";

export type DeleteWorkspacePageProps = {
  workspace: { name: string };
  graceDays: number;
  deleteOn: Date;
  values?: { confirmation?: string };
  errors?: FieldErrors;
};

const DELETED = [
  "All projects",
  "Everyone's access. Members keep their accounts and other workspaces",
  "The activity history",
];

/** `/settings/deletion`: an owner schedules the workspace's deletion. */
export function DeleteWorkspacePage(
  { workspace, graceDays, deleteOn, values = {}, errors = {} }: DeleteWorkspacePageProps,
) {
  return (
    <div class="max-w-xl">
      <p class="mb-2">
        <TextLink href="/settings">Settings</TextLink>
      </p>
      <Card>
        <div class="grid gap-5">
          <p class="text-md">
            <strong class="font-semibold wrap-anywhere">{workspace.name}</strong> will be deleted in{" "}
            {graceDays} days, on <Day at={deleteOn} long />.
          </p>
          <Consequences />
          <form
            method="post"
            action="/settings/deletion"
            novalidate
            class="grid gap-5 border-t border-line pt-5"
          >
            <ConfirmationField
              label="The workspace's name"
              text={workspace.name}
              value={values.confirmation}
              error={errors.confirmation}
            />
            <div class="flex flex-wrap gap-2">
              <Button variant="danger">Delete workspace</Button>
              <ButtonLink href="/settings">Cancel</ButtonLink>
            </div>
          </form>
        </div>
      </Card>
    </div>
  );
}

function Consequences() {
  return (
    <>
      <div class="grid gap-1.5">
        <p>This will be permanently deleted:</p>
        <ul class="grid list-disc gap-1 pl-5 text-muted">
          {DELETED.map((one) => <li key={one}>{one}.</li>)}
        </ul>
      </div>
      <p class="text-muted">
        Until then, everything keeps working, and any owner can cancel the deletion. After that, nobody can
        restore the workspace.
      </p>
    </>
  );
}
