import type { Permission, PermissionGroup } from "../../../src/access/permissions.ts";
import type { ListedRole } from "../../../src/access/roles.ts";
import { YesNo } from "../../components/yes_no.tsx";
import { useTranslate } from "../../wording.ts";
import { RoleName } from "./role_name.tsx";
import { roleText } from "./text.ts";

type MatrixProps = { roles: ListedRole[]; groups: readonly PermissionGroup[] };

/** A row per permission, a column per role. It scrolls sideways if there are many roles. */
export function RoleMatrix({ roles, groups }: MatrixProps) {
  const text = roleText.use();
  return (
    <div class="overflow-x-auto rounded-b-lg" tabindex={0} role="group" aria-label={text.matrix}>
      <table class="w-full text-start">
        <caption class="sr-only">{text.matrix}</caption>
        <thead>
          <tr class="border-b border-line text-sm text-muted">
            <th scope="col" class="sticky start-0 min-w-40 bg-surface px-4 py-2.5 text-start font-medium">
              <span class="sr-only">{text.permission}</span>
            </th>
            {roles.map((role) => (
              <th
                key={role.id}
                scope="col"
                class="min-w-20 px-2 py-2.5 text-center align-bottom font-medium break-words last:pe-4"
              >
                <RoleName role={role} />
              </th>
            ))}
          </tr>
        </thead>
        {groups.map((group) => <Group key={group.label.code} group={group} roles={roles} />)}
      </table>
    </div>
  );
}

function Group({ group: { label, permissions }, roles }: { group: PermissionGroup; roles: ListedRole[] }) {
  const translate = useTranslate();
  return (
    <tbody class="divide-y divide-line border-b border-line last:border-b-0">
      <tr>
        <th
          scope="rowgroup"
          colspan={roles.length + 1}
          class="bg-canvas px-4 py-2 text-start text-sm font-semibold"
        >
          <span class="sticky start-4">{translate(label)}</span>
        </th>
      </tr>
      {permissions.map((permission) => <Line key={permission.key} permission={permission} roles={roles} />)}
    </tbody>
  );
}

function Line({ permission: { key, label }, roles }: { permission: Permission; roles: ListedRole[] }) {
  return (
    <tr>
      <th scope="row" class="sticky start-0 bg-surface px-4 py-2 text-start font-normal">
        {useTranslate()(label)}
      </th>
      {roles.map((role) => (
        <td key={role.id} class="px-2 py-2 text-center last:pe-4">
          <YesNo isYes={role.permissions.includes(key)} />
        </td>
      ))}
    </tr>
  );
}
