import { type Context, Hono } from "hono";
import type { UserId } from "../../src/access/actor.ts";
import { listPlatformAudit } from "../../src/audit/audit_log.ts";
import type { SystemContext } from "../../src/context.ts";
import { sentenceOf } from "../../src/events/sentence.ts";
import {
  disableFactors,
  factorsDisabling,
  resendConfirmation,
  sendPasswordLink,
} from "../../src/identity/account_recovery.ts";
import { browsePeople, getPerson, getPersonRecord, PERSON_LIST } from "../../src/identity/people.ts";
import { ATTEMPT_LIST, listAttempts } from "../../src/identity/sign_in_history.ts";
import { signOutPerson } from "../../src/identity/sign_ins.ts";
import { tenantUrl } from "../../src/tenancy/tenant.ts";
import {
  type UserAction,
  UserActionPage,
  type UserActionPageProps,
} from "../../views/pages/admin/user_actions.tsx";
import { UserList, USERS } from "../../views/pages/admin/user_list.tsx";
import { UserPage, type UserPageProps } from "../../views/pages/admin/user_page.tsx";
import { userText } from "../../views/pages/admin/user_text.ts";
import { AttemptsPage } from "../../views/pages/sign_in_attempts/attempts_page.tsx";
import { attemptText } from "../../views/pages/sign_in_attempts/text.ts";
import { translatorTo } from "../../views/wording.ts";
import type { StaffEnv } from "../http.ts";
import { pageLinks, readListAddress } from "../list_address.ts";
import { localeOf } from "../locale.ts";
import { done, form, type Page, page } from "../page.tsx";

const HISTORY_LENGTH = 20;

/** What only needs a confirmation. */
const ACTIONS: Partial<Record<UserAction, (ctx: SystemContext, id: UserId) => Promise<void>>> = {
  "confirmation-email": resendConfirmation,
  "password-link": sendPasswordLink,
  "sign-out": signOutPerson,
};

/** Everyone with an account on this installation. */
export const userPages = new Hono<StaffEnv>();

userPages.get("/users", async (c) => {
  const ctx = c.get("staff");
  const query = readListAddress(c.req.query(), PERSON_LIST);
  const { search = "", kind = "all" } = query;
  const { items, tabs, ...pages } = await browsePeople(ctx, query);
  const view = { search, kind } as const;
  const list = (
    <UserList people={items} pages={pages} counts={tabs} view={view} now={ctx.services.clock.now()} />
  );
  return await page(c, { title: textOf(c).title, body: list, partial: list });
});

userPages.get("/users/:id", async (c) => {
  const record = await recordOf(c);
  const trail = [{ label: textOf(c).title, href: USERS.path }];
  return await page(c, { title: record.person.name, trail, body: <UserPage {...record} /> });
});

userPages.get("/users/:id/activity", async (c) => {
  const ctx = c.get("staff");
  const person = await getPerson(ctx, c.req.param("id"));
  const { title, staffLead } = attemptText.of(localeOf(c));
  const { items, ...cursors } = await listAttempts(
    ctx,
    person.id,
    readListAddress(c.req.query(), ATTEMPT_LIST),
  );
  const list = {
    lead: staffLead,
    attempts: items,
    now: ctx.services.clock.now(),
    pages: pageLinks(c.req.path, cursors),
  };
  return await page(c, { title, trail: trailOf(c, person), body: <AttemptsPage {...list} /> });
});

userPages.get("/users/:id/disable-factors", async (c) => {
  return await page(c, await actionPage(c, "disable-factors"));
});

userPages.post("/users/:id/disable-factors", async (c) => {
  const ctx = c.get("staff");
  const person = await getPerson(ctx, c.req.param("id"));
  return await form(c, {
    schema: factorsDisabling,
    submit: async (input) => await disableFactors(ctx, person.id, input),
    done: () => doneWith(c, "disable-factors", person),
    refused: (refused) => actionPage(c, "disable-factors", refused),
  });
});

for (const [name, act] of Object.entries(ACTIONS)) {
  const action = name as UserAction;
  userPages.get(`/users/:id/${action}`, async (c) => await page(c, await actionPage(c, action)));

  userPages.post(`/users/:id/${action}`, async (c) => {
    const ctx = c.get("staff");
    const person = await getPerson(ctx, c.req.param("id")!);
    await act(ctx, person.id);
    return await done(c, doneWith(c, action, person));
  });
}

type Titled = { id: string; name: string; email: string };

function textOf(c: Context<StaffEnv>) {
  return userText.of(localeOf(c));
}

function trailOf(c: Context<StaffEnv>, { id, name }: Titled) {
  return [{ label: textOf(c).title, href: USERS.path }, { label: name, href: `${USERS.path}/${id}` }];
}

function doneWith(c: Context<StaffEnv>, action: UserAction, { id, email }: Titled) {
  return { to: `${USERS.path}/${id}`, flash: textOf(c).actions[action].done(email) };
}

async function actionPage(
  c: Context<StaffEnv>,
  action: UserAction,
  form?: UserActionPageProps["form"],
): Promise<Page> {
  const person = await getPerson(c.get("staff"), c.req.param("id")!);
  return {
    title: textOf(c).actions[action].title,
    trail: trailOf(c, person),
    body: <UserActionPage person={person} action={action} form={form} />,
  };
}

async function recordOf(c: Context<StaffEnv>): Promise<UserPageProps> {
  const ctx = c.get("staff");
  const { services } = ctx;
  const { workspaces, ...record } = await getPersonRecord(ctx, c.req.param("id")!);
  const history = await listPlatformAudit(ctx, record.person.id, HISTORY_LENGTH);
  return {
    ...record,
    workspaces: workspaces.map(({ tenant, role }) => ({
      id: tenant.id,
      name: tenant.name,
      host: new URL(tenantUrl(services.config.appUrl, tenant)).host,
      role,
    })),
    history: history.map((entry) => ({
      at: entry.at,
      actorName: entry.actorName ?? textOf(c).someone,
      summary: sentenceOf(services.events, entry, translatorTo(localeOf(c))),
    })),
    now: services.clock.now(),
  };
}
