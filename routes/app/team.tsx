import type { Context } from "hono";
import type { Child } from "hono/jsx";
import { z } from "zod";
import { authorize, can } from "../../src/access/authorize.ts";
import { mayGrant } from "../../src/access/granting.ts";
import { countInvitations } from "../../src/access/invitations.ts";
import { changeRole, getMember, isSelf, memberChanges, removeMember } from "../../src/access/membership.ts";
import {
  browseMembers,
  type Member,
  MEMBER_LIST,
  MEMBERS_MANAGE,
  MEMBERS_READ,
} from "../../src/access/members.ts";
import {
  acceptOwnership,
  endOwnershipOffer,
  findOwnOffer,
  getOwnershipOffer,
  offerOwnership,
  OWNERSHIP_TRANSFER,
} from "../../src/access/ownership.ts";
import { toRole } from "../../src/access/member_role.ts";
import { grantsOfRole, idOfRole, type MemberRole } from "../../src/access/permissions.ts";
import { listGrantableRoles } from "../../src/access/roles.ts";
import type { MemberContext } from "../../src/context.ts";
import { currentMember } from "../../src/tenancy/open_tenant.ts";
import {
  type MemberFormProps,
  OfferForm,
  RemovalForm,
  RoleForm,
  TeamDialog,
} from "../../views/pages/team/member_forms.tsx";
import {
  MemberList,
  type MemberListProps,
  MEMBERS,
  type OfferNoticeProps,
} from "../../views/pages/team/member_list.tsx";
import { OwnershipPage } from "../../views/pages/team/ownership_page.tsx";
import { MembersChanged } from "../../views/pages/team/team_changes.tsx";
import { InviteLink, TeamPage } from "../../views/pages/team/team_page.tsx";
import { teamText } from "../../views/pages/team/text.ts";
import type { MemberEnv } from "../http.ts";
import { type Address, readListAddress, shownList } from "../list_address.ts";
import { localeOf } from "../locale.ts";
import { forgetSession, renewSession } from "../middleware/session.ts";
import { type Done, done, form, type Page, page, type RefusedForm } from "../page.tsx";
import { snakeCase } from "../wire.ts";
import { MemberPages, START_PATH } from "./member_pages.ts";

const NO_FIELDS = z.object({});
const REFUSALS = ["invalid", "conflict", "forbidden"] as const;

type MemberRoute = Context<MemberEnv, "/team/:id/role" | "/team/:id/removal" | "/team/:id/ownership">;

const pages = new MemberPages({
  label: (locale) => teamText.of(locale).title,
  href: "/team",
  icon: "users",
  group: "main",
  position: 30,
  permission: MEMBERS_READ,
});
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
    submit: async (input) => await changeRole(await currentMember(c.get("member")), c.req.param("id"), input),
    done: async ({ name, role, customRole, userId }) => {
      if (isSelf(c.get("member"), userId)) {
        return await stayAs(c, toRole({ role, customRole }), textOf(c).role.savedSelf);
      }
      const { withArticle, ownRole } = textOf(c);
      const shownRole = role === "custom" ? ownRole(customRole!.name) : withArticle[role];
      return afterChange(c, textOf(c).role.saved(name, shownRole));
    },
    refusals: [...REFUSALS],
    refused: (refused) => roleForm(c, refused),
  });
});

pages.get("/team/:id/removal", async (c) => await page(c, await removalForm(c)));

pages.post("/team/:id/removal", (c) => {
  return form(c, {
    schema: NO_FIELDS,
    submit: async () => await removeMember(await currentMember(c.get("member")), c.req.param("id")),
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
    canManage: can(ctx, MEMBERS_MANAGE),
    invited: can(ctx, MEMBERS_MANAGE) ? await countInvitations(ctx) : 0,
    offer: await offerNotice(ctx),
  };
}

pages.get("/team/:id/ownership", async (c) => {
  authorize(c.get("member"), OWNERSHIP_TRANSFER);
  return await page(c, await offerForm(c));
});

pages.post("/team/:id/ownership", (c) => {
  return form(c, {
    schema: NO_FIELDS,
    submit: async () => await offerOwnership(await currentMember(c.get("member")), c.req.param("id")),
    done: ({ to }) => afterChange(c, textOf(c).ownership.offered(to.name)),
    refusals: [...REFUSALS],
    refused: (refused) => offerForm(c, refused),
  });
});

pages.get("/team/ownership", async (c) => {
  const ctx = c.get("member");
  const offer = await getOwnershipOffer(ctx);
  const props = { offer, isReceived: isSelf(ctx, offer.to.userId), workspace: ctx.tenant.name };
  return await page(c, {
    title: textOf(c).ownership.pageTitle,
    trail: trailOf(c),
    body: <OwnershipPage {...props} />,
  });
});

pages.post("/team/ownership/accept", async (c) => {
  await acceptOwnership(await currentMember(c.get("member")));
  return await done(c, await stayAs(c, "owner", textOf(c).ownership.accepted));
});

pages.post("/team/ownership/end", async (c) => {
  await endOwnershipOffer(await currentMember(c.get("member")));
  return await done(c, { to: MEMBERS.path, flash: { kind: "info", text: textOf(c).ownership.ended } });
});

function rightsOver(ctx: MemberContext, { userId, ...member }: Member) {
  return {
    isSelf: isSelf(ctx, userId),
    canChange: can(ctx, MEMBERS_MANAGE) && mayGrant(ctx, toRole(member)),
    canOffer: can(ctx, OWNERSHIP_TRANSFER) && member.role !== "owner",
  };
}

async function offerNotice(ctx: MemberContext): Promise<OfferNoticeProps | null> {
  const offer = await findOwnOffer(ctx);
  if (!offer) return null;
  const isReceived = isSelf(ctx, offer.to.userId);
  return { isReceived, name: isReceived ? offer.from.name : offer.to.name };
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

/** The person's old session ended with their old role. The new one may not see the members. */
async function stayAs(c: Context<MemberEnv>, role: MemberRole, flash: string): Promise<Done> {
  await renewSession(c);
  return { to: grantsOfRole(role).has(MEMBERS_READ) ? MEMBERS.path : START_PATH, flash };
}

/** The person has no session in this workspace any longer. */
function leave(c: Context<MemberEnv>): Done {
  forgetSession(c);
  return { to: `${c.get("services").config.appUrl.origin}/workspaces` };
}

async function roleForm(c: MemberRoute, refused?: RefusedForm) {
  return formPage(c, textOf(c).role.title, RoleForm, await formProps(c, refused));
}

async function removalForm(c: MemberRoute, refused?: RefusedForm) {
  const { removal } = textOf(c);
  const props = await formProps(c, refused);
  return formPage(c, props.isSelf ? removal.leaveTitle : removal.title, RemovalForm, props);
}

async function offerForm(c: MemberRoute, refused?: RefusedForm) {
  return formPage(c, textOf(c).ownership.title, OfferForm, await formProps(c, refused));
}

/** A form on its own page, or in a dialog for htmx. If the dialog's form has errors, only the form. */
function formPage(
  c: MemberRoute,
  title: string,
  Form: (props: MemberFormProps) => Child,
  { isRefused, ...props }: MemberFormProps & { isRefused: boolean },
): Page {
  const inPlace = <Form {...props} inPlace />;
  return {
    title,
    trail: trailOf(c),
    body: <Form {...props} />,
    partial: isRefused ? inPlace : <TeamDialog title={title}>{inPlace}</TeamDialog>,
  };
}

async function formProps(c: MemberRoute, refused?: RefusedForm) {
  const ctx = c.get("member");
  const member = await getMember(ctx, c.req.param("id"));
  return {
    member: { ...member, role: idOfRole(toRole(member)) },
    isSelf: isSelf(ctx, member.userId),
    roles: await listGrantableRoles(ctx),
    problem: refused?.problem,
    errors: refused?.errors,
    isRefused: refused !== undefined,
  };
}

function trailOf(c: Context<MemberEnv>) {
  return [{ label: textOf(c).title, href: MEMBERS.path }];
}

function textOf(c: Context<MemberEnv>) {
  return teamText.of(localeOf(c));
}
