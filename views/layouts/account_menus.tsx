import { Avatar } from "../components/avatar.tsx";
import { hx } from "../components/hx.ts";
import { Icon } from "../components/icon.tsx";
import { Menu, MenuButton, MenuLink } from "../components/menu.tsx";
import { inkOn } from "../emails/palette.ts";
import { usePage } from "../page.tsx";
import { layoutText } from "./text.ts";

/** The color of workspaces that have chosen none. */
const PRODUCT_COLOR = "#0b6b58";

type SwitcherProps = { tenant: { name: string; subdomain: string; color: string | null } };

/** Shows the workspace's name, and lists the person's other workspaces. */
export function WorkspaceSwitcher({ tenant }: SwitcherProps) {
  const { apexUrl } = usePage();
  const text = layoutText.use();
  const summary = (
    <span class="flex h-9 items-center gap-2 px-2">
      <TenantMark name={tenant.name} color={tenant.color} />
      <span class="tenant-name min-w-0 flex-1 truncate font-semibold" dir="auto">{tenant.name}</span>
      <Icon name="chevrons" class="text-faint" />
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
      <MenuLink icon="layers" href={`${apexUrl}/workspaces`}>{text.allWorkspaces}</MenuLink>
      <MenuLink icon="plus" href={`${apexUrl}/workspaces/new`}>{text.newWorkspace}</MenuLink>
    </Menu>
  );
}

/** The person's other workspaces in the switcher. */
export function SwitcherList(
  { workspaces }: { workspaces: { id: string; name: string; color: string | null }[] },
) {
  const { apexUrl } = usePage();
  return (
    <>
      {workspaces.map(({ id, name, color }) => (
        <MenuLink
          key={id}
          icon={<TenantMark name={name} color={color} />}
          href={`${apexUrl}/workspaces/${id}`}
        >
          <span class="truncate" dir="auto">{name}</span>
        </MenuLink>
      ))}
    </>
  );
}

type UserMenuProps = { user: { name: string; email: string; role?: string }; accountHref?: string };

/** The menu of the signed-in person, with sign-out. */
export function UserMenu({ user, accountHref }: UserMenuProps) {
  const text = layoutText.use();
  const summary = (
    <span class="flex h-9 items-center gap-2 px-2 max-md:h-11">
      <Avatar name={user.name} size="small" />
      <span class="min-w-0 flex-1 truncate font-medium" dir="auto">{user.name}</span>
      <span class="sr-only">, {text.account}</span>
    </span>
  );
  return (
    <Menu summary={summary} placement="above-start" class="w-full" panelClass="w-full">
      <div class="mb-1 border-b border-line px-2.5 pt-1 pb-2">
        <p class="truncate text-sm text-muted">{user.email}</p>
        {user.role ? <p class="text-xs text-muted capitalize">{user.role}</p> : null}
      </div>
      {accountHref ? <MenuLink icon="user" href={accountHref}>{text.account}</MenuLink> : null}
      <form method="post" action="/logout">
        <MenuButton icon="log-out">{text.signOut}</MenuButton>
        <MenuButton icon="log-out" name="everywhere" value="on">{text.signOutEverywhere}</MenuButton>
      </form>
    </Menu>
  );
}

/** A workspace's initial on its color. */
export function TenantMark({ name, color = null }: { name: string; color?: string | null }) {
  const fill = color ?? PRODUCT_COLOR;
  return (
    <svg class="size-6 shrink-0 rounded-sm" viewBox="0 0 24 24" aria-hidden="true">
      <rect width="24" height="24" fill={fill} />
      <text
        x="12"
        y="12"
        dominant-baseline="central"
        text-anchor="middle"
        font-size="12"
        font-weight="600"
        fill={inkOn(fill)}
      >
        {[...name.trim()][0]?.toUpperCase() ?? ""}
      </text>
    </svg>
  );
}
