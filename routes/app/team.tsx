import type { Context } from "hono";
import { authorize, can } from "../../src/access/authorize.ts";
import { mayGrant } from "../../src/access/granting.ts";
import { countInvitations } from "../../src/access/invitations.ts";
import { changeRole, getMember, isSelf, memberChanges, removeMember } from "../../src/access/membership.ts";
import { browseMembers, type Member, MEMBER_LIST, MEMBERS_MANAGE } from "../../src/access/members.ts";
import { ROLES } from "../../src/access/permissions.ts";
import type { MemberContext } from "../../src/context.ts";
import { restartSession } from "../../src/identity/sessions.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import {
  type MemberFormProps,
  RemovalForm,
  RoleForm,
  TeamDialog,
} from "../../views/pages/team/member_forms.tsx";
import { MemberList, type MemberListProps, MEMBERS } from "../../views/pages/team/member_list.tsx";
import { MembersChanged } from "../../views/pages/team/team_changes.tsx";
import { InviteLink, TeamPage } from "../../views/pages/team/team_page.tsx";
import { en } from "../../views/pages/team/text.en.ts";
import { teamText } from "../../views/pages/team/text.ts";
import type { MemberEnv } from "../http.ts";
import { type Address, readListAddress, shownList } from "../list_address.ts";
import { localeOf } from "../locale.ts";
import { forgetSession, signInBrowser } from "../middleware/session.ts";
import { type Done, form, page, type RefusedForm } from "../page.tsx";
import { snakeCase } from "../wire.ts";
import { MemberPages } from "./member_pages.ts";

const REFUSALS = ["invalid", "conflict", "forbidden"] as const;

type MemberRoute = Context<MemberEnv, "/team/:id/role" | "/team/:id/removal">;

const pages = new MemberPages({ label: en.title, href: "/team", icon: "users", group: "main", position: 30 });
export default pages;

pages.get("/team", async (c) => {
  const ctx = c.get("member");
  const list = await showMembers(c, c.req.query());
  return await page(c, {
    title: textOf(c).title,
    actions: can(ctx, MEMBERS_MANAGE) ? <InviteLink /> : undefined,
    body: <TeamPage {...list} />,
    partial: <MemberList {...list} />,
  });
});

pages.get("/team/:id/role", async (c) => {
  authorize(c.get("member"), MEMBERS_MANAGE);
  return await page(c, await roleForm(c));
});

pages.post("/team/:id/role", (c) => {
  return form(c, {
    schema: memberChanges,
    submit: async (input) => await changeRole(await current(c.get("member")), c.req.param("id"), input),
    done: async ({ name, role, userId }) => {
      if (isSelf(c.get("member"), userId)) return await stayAs(c);
      return afterChange(c, textOf(c).role.saved(name, textOf(c).withArticle[role]));
    },
    refusals: [...REFUSALS],
    refused: (refused) => roleForm(c, refused),
  });
});

pages.get("/team/:id/removal", async (c) => await page(c, await removalForm(c)));

pages.post("/team/:id/removal", (c) => {
  return form(c, {
    schema: memberChanges.omit({ role: true }),
    submit: async () => await removeMember(await current(c.get("member")), c.req.param("id")),
    done: ({ name, userId }) =>
      isSelf(c.get("member"), userId) ? leave(c) : afterChange(c, textOf(c).removal.done(name)),
    refusals: [...REFUSALS],
    refused: (refused) => removalForm(c, refused),
  });
});

async function showMembers(c: Context<MemberEnv>, address: Address): Promise<MemberListProps> {
  const ctx = c.get("member");
  const query = readListAddress(address, MEMBER_LIST);
  const { search = "", role = "all", sort } = query;
  const { items, tabs, ...pages } = await browseMembers(ctx, query);
  return {
    members: items.map((member) => ({ ...member, ...rightsOver(ctx, member) })),
    pages,
    counts: tabs,
    view: { search, role, sort: snakeCase(sort) },
    now: ctx.services.clock.now(),
    invited: can(ctx, MEMBERS_MANAGE) ? await countInvitations(ctx) : 0,
  };
}

function rightsOver(ctx: MemberContext, { userId, role }: Member) {
  return { isSelf: isSelf(ctx, userId), canChange: can(ctx, MEMBERS_MANAGE) && mayGrant(ctx, role) };
}

/** Reads the member's current role, because the session may hold an old role for a few seconds. */
function current({ system, tenant }: MemberContext) {
  return openTenant(system, tenant.id);
}

function afterChange(c: Context<MemberEnv>, text: string): Done {
  const message = { kind: "success" as const, text };
  const address = shownList(c, MEMBERS.path);
  if (!address) return { to: MEMBERS.path, flash: message };
  return {
    to: `${MEMBERS.path}?${new URLSearchParams(address)}`,
    flash: message,
    partial: async () => <MembersChanged list={await showMembers(c, address)} message={message} />,
  };
}

/** The person's old session ended with their old role. */
async function stayAs(c: MemberRoute): Promise<Done> {
  await signInBrowser(c, await restartSession(c.get("member").system, c.get("session"), c.get("device")));
  return { to: MEMBERS.path, flash: textOf(c).role.savedSelf };
}

/** The person has no session in this workspace any longer. */
function leave(c: MemberRoute): Done {
  forgetSession(c);
  return { to: `${c.get("services").config.appUrl.origin}/workspaces` };
}

async function roleForm(c: MemberRoute, refused?: RefusedForm) {
  const { role } = textOf(c);
  const props = await formProps(c, refused);
  return {
    title: role.title,
    trail: trailOf(c),
    body: <RoleForm {...props} />,
    partial: refused ? <RoleForm {...props} inPlace /> : (
      <TeamDialog title={role.title}>
        <RoleForm {...props} inPlace />
      </TeamDialog>
    ),
  };
}

async function removalForm(c: MemberRoute, refused?: RefusedForm) {
  const { removal } = textOf(c);
  const props = await formProps(c, refused);
  const title = props.isSelf ? removal.leaveTitle : removal.title;
  return {
    title,
    trail: trailOf(c),
    body: <RemovalForm {...props} />,
    partial: refused ? <RemovalForm {...props} inPlace /> : (
      <TeamDialog title={title}>
        <RemovalForm {...props} inPlace />
      </TeamDialog>
    ),
  };
}

async function formProps(c: MemberRoute, refused?: RefusedForm): Promise<MemberFormProps> {
  const ctx = c.get("member");
  const member = await getMember(ctx, c.req.param("id"));
  return {
    member,
    isSelf: isSelf(ctx, member.userId),
    roles: ROLES.filter((role) => mayGrant(ctx, role)),
    problem: refused?.problem,
    errors: refused?.errors,
  };
}

function trailOf(c: Context<MemberEnv>) {
  return [{ label: textOf(c).title, href: MEMBERS.path }];
}

function textOf(c: Context<MemberEnv>) {
  return teamText.of(localeOf(c));
}
