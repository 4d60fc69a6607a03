import type { FieldErrors } from "../../../src/errors.ts";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { ConfirmationField } from "../../components/confirmation_field.tsx";
import { Day } from "../../components/time.tsx";
import { fill } from "../../text.ts";
import { settingsText } from "./text.ts";

export type DeleteWorkspacePageProps = {
  workspace: { name: string };
  graceDays: number;
  deleteOn: Date;
  values?: { confirmation?: string };
  errors?: FieldErrors;
};

/** `/settings/deletion`: an owner schedules the workspace's deletion. */
export function DeleteWorkspacePage(
  { workspace, graceDays, deleteOn, values = {}, errors = {} }: DeleteWorkspacePageProps,
) {
  const text = settingsText.use();
  const parts = {
    name: <strong class="font-semibold wrap-anywhere" dir="auto">{workspace.name}</strong>,
    days: graceDays,
    day: <Day at={deleteOn} long />,
  };
  return (
    <Card tone="danger">
      <div class="grid gap-4">
        <p>{fill(text.deletionDay, parts)}</p>
        <Consequences />
        <form
          method="post"
          action="/settings/deletion"
          novalidate
          class="grid gap-5 border-t border-line pt-4"
        >
          <ConfirmationField
            label={text.confirmation}
            text={workspace.name}
            value={values.confirmation}
            error={errors.confirmation}
          />
          <div class="flex flex-wrap gap-2">
            <Button variant="danger">{text.deleteWorkspace}</Button>
            <ButtonLink href="/settings">{text.cancel}</ButtonLink>
          </div>
        </form>
      </div>
    </Card>
  );
}

function Consequences() {
  const text = settingsText.use();
  return (
    <>
      <div class="grid gap-1.5">
        <p>{text.deletedThen}</p>
        <ul class="grid list-disc gap-1 ps-5 text-muted">
          {text.deleted.map((one) => <li key={one}>{one}</li>)}
        </ul>
      </div>
      <p class="text-muted">{text.deletionGrace}</p>
    </>
  );
}
