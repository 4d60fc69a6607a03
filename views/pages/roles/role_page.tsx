import type { PermissionGroup } from "../../../src/access/permissions.ts";
import type { ListedRole } from "../../../src/access/roles.ts";
import { ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { YesNo } from "../../components/yes_no.tsx";
import { useTranslate } from "../../wording.ts";
import { MembersLink } from "./roles_page.tsx";
import { roleText } from "./text.ts";

export type RolePageProps = {
  role: ListedRole;
  groups: readonly PermissionGroup[];
  /** Whether the person may delete the role. */
  canDelete: boolean;
};

/** `/settings/roles/:id`: what one role can do, and who has it. */
export function RolePage({ role, groups, canDelete }: RolePageProps) {
  const text = roleText.use();
  return (
    <div class="grid grid-cols-1 gap-4">
      <Card title={text.canDo} action={<MembersLink role={role} />} flush>
        <div class="divide-y divide-line">
          {groups.map((group) => <Group key={group.label.code} group={group} role={role} />)}
        </div>
      </Card>
      {canDelete
        ? (
          <div>
            <ButtonLink href={`/settings/roles/${role.id}/delete`} icon="trash">{text.remove}</ButtonLink>
          </div>
        )
        : null}
    </div>
  );
}

/** The page's actions. A built-in role can only be copied. */
export function RoleActions(
  { id, canEdit, canCreate }: { id: string; canEdit: boolean; canCreate: boolean },
) {
  const text = roleText.use();
  return (
    <>
      {canCreate ? <ButtonLink href={`/settings/roles/new?from=${id}`}>{text.copy}</ButtonLink> : null}
      {canEdit
        ? (
          <ButtonLink href={`/settings/roles/${id}/edit`} variant="primary" icon="edit">
            {text.edit}
          </ButtonLink>
        )
        : null}
    </>
  );
}

function Group({ group: { label, permissions }, role }: { group: PermissionGroup; role: ListedRole }) {
  const translate = useTranslate();
  return (
    <section class="px-4 py-3">
      <h3 class="mb-1.5 text-sm font-semibold">{translate(label)}</h3>
      <ul class="grid gap-1">
        {permissions.map(({ key, label }) => {
          const isGranted = role.permissions.includes(key);
          return (
            <li key={key} class={isGranted ? "flex gap-2.5" : "flex gap-2.5 text-muted"}>
              <span class="w-4 shrink-0 text-center">
                <YesNo isYes={isGranted} />
              </span>
              {translate(label)}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
