import type { ListedRole } from "../../../src/access/roles.ts";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { fill } from "../../text.ts";
import { roleText } from "./text.ts";

/** `/settings/roles/:id/delete`: asks before deleting a role that nobody has, or leads to the members who have it. */
export function DeleteRolePage({ role }: { role: ListedRole }) {
  return <Card>{role.members > 0 ? <StillInUse role={role} /> : <Confirmation role={role} />}</Card>;
}

function StillInUse({ role: { id, members } }: { role: ListedRole }) {
  const text = roleText.use();
  return (
    <div class="grid gap-4">
      <p>
        {text.deleteFirst(members)} {text.deleteFirstHint}
      </p>
      <div class="flex flex-wrap gap-2">
        <ButtonLink href={`/team?role=${id}`} variant="primary">{text.seeMembers}</ButtonLink>
        <ButtonLink href={`/settings/roles/${id}`}>{text.cancel}</ButtonLink>
      </div>
    </div>
  );
}

function Confirmation({ role: { id, name } }: { role: ListedRole }) {
  const text = roleText.use();
  return (
    <form method="post" action={`/settings/roles/${id}/delete`} class="grid gap-4">
      <p class="wrap-anywhere">
        {fill(text.deleteWarning, { name: <strong class="font-semibold" dir="auto">{name}</strong> })}
      </p>
      <div class="flex flex-wrap gap-2">
        <Button variant="danger">{text.remove}</Button>
        <ButtonLink href={`/settings/roles/${id}`}>{text.cancel}</ButtonLink>
      </div>
    </form>
  );
}
