import type { AvatarColor } from "../../src/identity/users.ts";
import { Avatar } from "../components/avatar.tsx";
import { componentText } from "../components/component_text.ts";
import { hx } from "../components/hx.ts";
import { Icon, type IconName } from "../components/icon.tsx";
import { Menu, MenuButton, MenuLink } from "../components/menu.tsx";
import { type Mark, TenantMark } from "../components/tenant_mark.tsx";
import { usePage } from "../page.tsx";
import { layoutText } from "./text.ts";

/** Shows the workspace's name, and lists the person's other workspaces. */
export function WorkspaceSwitcher({ tenant }: { tenant: Mark }) {
  const { apexUrl } = usePage();
  const text = layoutText.use();
  const summary = (
    <span class="flex h-9 items-center gap-2 px-2">
      <TenantMark {...tenant} />
      <span class="tenant-name min-w-0 truncate font-semibold" dir="auto">{tenant.name}</span>
      <Icon name="chevrons" class="ms-auto text-faint" />
      <span class="sr-only">, {text.switchWorkspace}</span>
    </span>
  );
  return (
    <Menu
      summary={summary}
      placement="below-start"
      class="w-full"
      panelClass="w-full"
      {...hx({ get: "/switcher", trigger: "toggle once", target: "#switcher" })}
    >
      <div id="switcher"></div>
      <MenuLink icon={<BesideMarks icon="layers" />} href={`${apexUrl}/workspaces`}>
        {text.allWorkspaces}
      </MenuLink>
      <MenuLink icon={<BesideMarks icon="plus" />} href={`${apexUrl}/workspaces/new`}>
        {text.newWorkspace}
      </MenuLink>
    </Menu>
  );
}

/** The workspace's name alone. */
export function WorkspaceName({ tenant }: { tenant: Mark }) {
  return (
    <p class="flex h-9 items-center gap-2 px-2">
      <TenantMark {...tenant} />
      <span class="tenant-name min-w-0 truncate font-semibold" dir="auto">{tenant.name}</span>
    </p>
  );
}

/** An icon in a menu of workspaces. It is as wide as their marks. */
function BesideMarks({ icon }: { icon: IconName }) {
  return (
    <span class="grid size-6 shrink-0 place-items-center text-faint">
      <Icon name={icon} />
    </span>
  );
}

/** The person's other workspaces in the switcher. */
export function SwitcherList({ workspaces }: { workspaces: (Mark & { id: string })[] }) {
  const { apexUrl } = usePage();
  return (
    <>
      {workspaces.map(({ id, ...mark }) => (
        <MenuLink key={id} icon={<TenantMark {...mark} />} href={`${apexUrl}/workspaces/${id}`}>
          <span class="truncate" dir="auto">{mark.name}</span>
        </MenuLink>
      ))}
    </>
  );
}

type UserMenuProps = {
  user: { name: string; email: string; role?: string; avatarColor?: AvatarColor | null };
  accountHref?: string;
};

/** The menu of the signed-in person, with sign-out. */
export function UserMenu({ user, accountHref }: UserMenuProps) {
  const { app } = usePage();
  const text = layoutText.use();
  const { roles } = componentText.use();
  const summary = (
    <span class="flex h-9 items-center gap-2 px-2 max-md:h-11">
      <Avatar name={user.name} color={user.avatarColor} size="small" />
      <span class="min-w-0 truncate font-medium" dir="auto">{user.name}</span>
      <span class="sr-only">, {text.account}</span>
    </span>
  );
  return (
    <Menu summary={summary} placement="above-start" class="w-full" panelClass="w-full">
      <div class="mb-1 border-b border-line px-2 pt-1 pb-2">
        <p class="truncate text-sm text-muted">{user.email}</p>
        {user.role ? <p class="text-xs text-muted">{roles[user.role] ?? user.role}</p> : null}
      </div>
      {accountHref ? <MenuLink icon="user" href={accountHref}>{text.account}</MenuLink> : null}
      {app
        ? <MenuButton type="button" icon="laptop" hidden data-install>{text.installApp}</MenuButton>
        : null}
      <form method="post" action="/logout">
        <MenuButton icon="log-out">{text.signOut}</MenuButton>
        <MenuButton icon="log-out" name="everywhere" value="on">{text.signOutEverywhere}</MenuButton>
      </form>
    </Menu>
  );
}
