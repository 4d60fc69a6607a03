import type { Child } from "hono/jsx";
import { Avatar } from "../components/avatar.tsx";
import { Icon } from "../components/icon.tsx";
import { Menu, MenuButton, MenuLink } from "../components/menu.tsx";
import { usePage } from "../page.tsx";

/** Shows the workspace's name, and links to the person's other workspaces. */
export function WorkspaceSwitcher({ tenant }: { tenant: { name: string; subdomain: string } }) {
  const { apexUrl } = usePage();
  const summary = (
    <span class="flex h-10 items-center gap-2.5 px-1.5">
      <TenantMark name={tenant.name} />
      <span class="tenant-name max-w-44 truncate font-semibold sm:max-w-72">{tenant.name}</span>
      <Icon name="chevrons" class="text-faint" />
      <span class="sr-only">, switch workspace</span>
    </span>
  );
  return (
    <Menu summary={summary} align="left" class="min-w-0">
      <p class="px-2.5 py-1.5 text-sm text-muted wrap-anywhere">{tenant.subdomain}</p>
      <MenuLink icon="layers" href={`${apexUrl}/workspaces`}>All workspaces</MenuLink>
    </Menu>
  );
}

/** The menu of the signed-in person, with sign-out. */
export function UserMenu(
  { user, children }: { user: { name: string; email: string; role?: string }; children?: Child },
) {
  const summary = (
    <span class="flex h-10 items-center gap-2 px-1.5">
      <Avatar name={user.name} />
      <Icon name="chevron-down" class="text-faint max-sm:hidden" />
      <span class="sr-only">Your account</span>
    </span>
  );
  return (
    <Menu summary={summary}>
      <div class="mb-1 max-w-64 border-b border-line px-2.5 pt-1.5 pb-2.5">
        <p class="truncate font-medium">{user.name}</p>
        <p class="truncate text-sm text-muted">{user.email}</p>
        {user.role ? <p class="mt-1 text-xs text-muted capitalize">{user.role}</p> : null}
      </div>
      {children}
      <SignOutForm />
    </Menu>
  );
}

function SignOutForm() {
  return (
    <form method="post" action="/logout">
      <MenuButton icon="log-out">Sign out</MenuButton>
      <MenuButton icon="log-out" name="everywhere" value="on">Sign out everywhere</MenuButton>
    </form>
  );
}

/** A workspace's initial on the accent color. */
export function TenantMark({ name }: { name: string }) {
  return (
    <span
      class="grid size-7 shrink-0 place-items-center rounded-md bg-accent text-sm font-semibold text-on-accent"
      aria-hidden="true"
    >
      {[...name.trim()][0]?.toUpperCase() ?? ""}
    </span>
  );
}
