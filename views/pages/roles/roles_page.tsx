import type { PermissionGroup } from "../../../src/access/permissions.ts";
import type { ListedRole } from "../../../src/access/roles.ts";
import type { Wording } from "../../../src/platform/wording.ts";
import { ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { EmptyState } from "../../components/empty_state.tsx";
import {
  ABOVE_ROW_LINK,
  MainCell,
  Row,
  RowCell,
  RowLink,
  TWO_LINES,
} from "../../components/list/list_table.tsx";
import { TextLink } from "../../components/link.tsx";
import { PageLead } from "../../components/page_lead.tsx";
import { PlansButton, PlansLink } from "../../components/upgrade_notice.tsx";
import { useTranslate } from "../../wording.ts";
import { RoleMatrix } from "./role_matrix.tsx";
import { RoleName } from "./role_name.tsx";
import { roleText } from "./text.ts";

export type RolesPageProps = {
  roles: ListedRole[];
  groups: readonly PermissionGroup[];
  canManage: boolean;
  /** The smallest plan with roles of the workspace's own, if the workspace's plan has none. */
  missingPlan?: Wording;
};

/** `/settings/roles`: the built-in roles, the workspace's own, and what each can do. */
export function RolesPage({ roles, groups, canManage, missingPlan }: RolesPageProps) {
  const text = roleText.use();
  const own = roles.filter(({ isBuiltIn }) => !isBuiltIn);
  return (
    <>
      <PageLead>{text.lead}</PageLead>
      <div class="grid grid-cols-1 gap-6">
        <Card title={text.builtIn} flush>
          <RoleTable
            label={text.builtIn}
            roles={roles.filter(({ isBuiltIn }) => isBuiltIn)}
            groups={groups}
          />
        </Card>
        <Card title={text.own} flush>
          {own.length > 0
            ? <RoleTable label={text.own} roles={own} groups={groups} />
            : <NoRoles canManage={canManage} missingPlan={missingPlan} />}
          {own.length > 0 && missingPlan ? <KeptRoles plan={missingPlan} /> : null}
        </Card>
        <Card title={text.matrix} flush>
          <RoleMatrix roles={roles} groups={groups} />
        </Card>
      </div>
    </>
  );
}

/** The page's main action. */
export function NewRoleLink() {
  return (
    <ButtonLink href="/settings/roles/new" variant="primary" icon="plus">{roleText.use().new}</ButtonLink>
  );
}

function RoleTable(
  { label, roles, groups }: { label: string; roles: ListedRole[]; groups: readonly PermissionGroup[] },
) {
  const { columns } = roleText.use();
  return (
    <table class="w-full text-start tabular-nums md:table-fixed">
      <caption class="sr-only">{label}</caption>
      <colgroup>
        <col class="md:w-40" />
        <col />
        <col class="md:w-28" />
      </colgroup>
      <thead class="sr-only">
        <tr>
          <th scope="col">{columns.name}</th>
          <th scope="col">{columns.allows}</th>
          <th scope="col">{columns.members}</th>
        </tr>
      </thead>
      <tbody class="divide-y divide-line">
        {roles.map((role) => <RoleRow key={role.id} role={role} groups={groups} />)}
      </tbody>
    </table>
  );
}

function RoleRow({ role, groups }: { role: ListedRole; groups: readonly PermissionGroup[] }) {
  const allows = <Allows role={role} groups={groups} />;
  return (
    <Row id={`role-${role.id}`}>
      <MainCell details={allows}>
        <p class={TWO_LINES}>
          <RowLink href={`/settings/roles/${role.id}`}>
            <RoleName role={role} />
          </RowLink>
        </p>
      </MainCell>
      <RowCell>{allows}</RowCell>
      <RowCell atEnd always class="whitespace-nowrap">
        <span class={ABOVE_ROW_LINK}>
          <MembersLink role={role} />
        </span>
      </RowCell>
    </Row>
  );
}

/** A sentence about a built-in role, or what another role's permissions say. */
function Allows({ role, groups }: { role: ListedRole; groups: readonly PermissionGroup[] }) {
  const text = roleText.use();
  const translate = useTranslate();
  if (role.isBuiltIn) return <>{text.hints[role.id]}</>;
  const labels = groups.flatMap(({ permissions }) => permissions)
    .filter(({ key }) => role.permissions.includes(key)).map(({ label }) => translate(label));
  return <span class={TWO_LINES}>{labels.join(" · ")}</span>;
}

/** The members with the role. */
export function MembersLink({ role: { id, members } }: { role: ListedRole }) {
  const said = roleText.use().members(members);
  if (members === 0) return <span class="text-muted">{said}</span>;
  return <TextLink href={`/team?role=${id}`}>{said}</TextLink>;
}

function NoRoles({ canManage, missingPlan }: Pick<RolesPageProps, "canManage" | "missingPlan">) {
  const text = roleText.use();
  const translate = useTranslate();
  return (
    <EmptyState
      icon="shield"
      title={text.none}
      text={missingPlan ? text.notIncluded(translate(missingPlan)) : text.noneHint}
    >
      {missingPlan
        ? <PlansButton />
        : canManage
        ? <ButtonLink href="/settings/roles/new">{text.new}</ButtonLink>
        : null}
    </EmptyState>
  );
}

function KeptRoles({ plan }: { plan: Wording }) {
  const text = roleText.use();
  return (
    <p class="border-t border-line px-4 py-3 text-sm text-muted">
      {text.keptOnly(useTranslate()(plan))} <PlansLink />
    </p>
  );
}
