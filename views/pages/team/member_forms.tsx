import type { Child } from "hono/jsx";
import type { ListedRole } from "../../../src/access/roles.ts";
import type { ErrorKind } from "../../../src/errors.ts";
import { Button, ButtonLink } from "../../components/button.tsx";
import { CLOSES_DIALOG, Dialog } from "../../components/dialog.tsx";
import { FormKeyField } from "../../components/form_key.tsx";
import { hx } from "../../components/hx.ts";
import { FormProblem } from "../../components/upgrade_notice.tsx";
import { fill } from "../../text.ts";
import { RoleField } from "./role_field.tsx";
import { teamText } from "./text.ts";

export type MemberFormProps = {
  /** `role` is the id of the member's role. */
  member: { id: string; name: string; role: string };
  isSelf: boolean;
  /** The roles that the person may grant. */
  roles: readonly ListedRole[];
  problem?: string;
  errors?: Record<string, string>;
  /** Whether the form is in a dialog of the list, not on its own page. */
  inPlace?: boolean;
};

/** `/team/:id/role` as a page, or with `inPlace` only its form. */
export function RoleForm({ member, isSelf, roles, problem, errors = {}, inPlace = false }: MemberFormProps) {
  const text = teamText.use();
  const action = `/team/${member.id}/role`;
  return (
    <TeamForm id="role-form" action={action} problem={problem} inPlace={inPlace}>
      <p class="text-muted wrap-anywhere">
        {isSelf ? text.role.leadSelf : fill(text.role.lead, { name: <Name>{member.name}</Name> })}
      </p>
      <RoleField roles={roles} value={member.role} error={errors.role} />
      <div class="flex flex-wrap gap-2">
        <Button variant="primary">{text.role.save}</Button>
        <Cancel href="/team" inPlace={inPlace} />
      </div>
    </TeamForm>
  );
}

/** `/team/:id/removal` as a page, or with `inPlace` only its form. */
export function RemovalForm({ member, isSelf, problem, inPlace = false }: MemberFormProps) {
  const { removal: text } = teamText.use();
  return (
    <TeamForm id="removal-form" action={`/team/${member.id}/removal`} problem={problem} inPlace={inPlace}>
      <p class="text-md text-muted wrap-anywhere">
        {isSelf ? text.leaveLead : fill(text.lead, { name: <Name>{member.name}</Name> })}
      </p>
      <div class="flex flex-wrap gap-2">
        <Button variant="danger">{isSelf ? text.leaveButton : text.button}</Button>
        <Cancel href="/team" inPlace={inPlace} autofocus />
      </div>
    </TeamForm>
  );
}

/** `/team/:id/ownership` as a page, or with `inPlace` only its form. */
export function OfferForm({ member, problem, inPlace = false }: MemberFormProps) {
  const { ownership: text } = teamText.use();
  return (
    <TeamForm id="offer-form" action={`/team/${member.id}/ownership`} problem={problem} inPlace={inPlace}>
      <p class="text-md text-muted wrap-anywhere">
        {fill(text.lead, { name: <Name>{member.name}</Name> })}
      </p>
      <div class="flex flex-wrap gap-2">
        <Button variant="primary">{text.button}</Button>
        <Cancel href="/team" inPlace={inPlace} autofocus />
      </div>
    </TeamForm>
  );
}

/** A form in the dialog that htmx loads, or on a page of its own. */
export function TeamDialog({ title, children }: { title: string; children?: Child }) {
  return <Dialog id="team-dialog" title={title}>{children}</Dialog>;
}

/**
 * A form of the team's pages. In a dialog, htmx replaces it if it has errors. With `creates`, it has a form key, and a browser keeps
 * it while it is offline (views/static/offline_forms.ts).
 */
export function TeamForm(
  { id, action, kind, problem, inPlace, creates = false, children }: {
    id: string;
    action: string;
    kind?: ErrorKind;
    problem?: string;
    inPlace: boolean;
    creates?: boolean;
    children?: Child;
  },
) {
  const swap = inPlace ? hx({ post: action, target: "this", swap: "outerHTML", disable: "find button" }) : {};
  return (
    <form
      id={id}
      method="post"
      action={action}
      novalidate
      class="grid max-w-xl gap-5"
      data-offline={creates ? "" : undefined}
      {...swap}
    >
      {creates ? <FormKeyField /> : null}
      <FormProblem kind={kind} problem={problem} />
      {children}
    </form>
  );
}

/** Leaves a form: closes its dialog, or links back. */
export function Cancel(
  { href, inPlace, autofocus }: { href: string; inPlace: boolean; autofocus?: boolean },
) {
  const { cancel } = teamText.use();
  if (!inPlace) return <ButtonLink href={href}>{cancel}</ButtonLink>;
  return <Button type="button" autofocus={autofocus} {...CLOSES_DIALOG}>{cancel}</Button>;
}

function Name({ children }: { children?: Child }) {
  return (
    <strong class="font-semibold text-ink">
      <bdi>{children}</bdi>
    </strong>
  );
}
