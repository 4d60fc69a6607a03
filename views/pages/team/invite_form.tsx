import type { ListedRole } from "../../../src/access/roles.ts";
import type { ErrorKind } from "../../../src/errors.ts";
import { Button } from "../../components/button.tsx";
import { TextField } from "../../components/field.tsx";
import { TextLink } from "../../components/link.tsx";
import { Cancel, TeamForm } from "./member_forms.tsx";
import { RoleField } from "./role_field.tsx";
import { teamText } from "./text.ts";

export type InviteFormProps = {
  /** The roles that the person may grant. */
  roles: readonly ListedRole[];
  values?: { email?: string; role?: string };
  errors?: Record<string, string>;
  kind?: ErrorKind;
  problem?: string;
  inPlace?: boolean;
};

/** The form that invites one person: in a dialog, or on its own page. */
export function InviteForm(
  { roles, values = {}, errors = {}, kind, problem, inPlace = false }: InviteFormProps,
) {
  const { invitations: text } = teamText.use();
  const role = roles.find(({ id }) => id === values.role)?.id ?? "member";
  return (
    <TeamForm
      id="invite-form"
      action="/team/invitations"
      kind={kind}
      problem={problem}
      inPlace={inPlace}
      creates
    >
      <TextField
        id="invite-email"
        name="email"
        type="email"
        label={text.email}
        hint={text.emailHint}
        value={values.email}
        error={errors.email}
        autocomplete="off"
        autofocus
      />
      <RoleField roles={roles} value={role} error={errors.role} />
      <div class="flex flex-wrap gap-2">
        <Button variant="primary">{text.send}</Button>
        <Cancel href="/team" inPlace={inPlace} />
      </div>
      <p class="text-sm">
        <TextLink href="/team/invitations/import">{text.several}</TextLink>
      </p>
    </TeamForm>
  );
}
