import type { Context } from "hono";
import { authorize } from "../../src/access/authorize.ts";
import { isEntitled, requireFeature } from "../../src/billing/plan_features.ts";
import {
  countContactLists,
  type CountedList,
  createContactList,
  deleteContactList,
  getContactList,
  newContactList,
  updateContactList,
} from "../../src/contacts/lists.ts";
import { CAMPAIGNS, CAMPAIGNS_MANAGE } from "../../src/contacts/permissions.ts";
import { tenantUrl } from "../../src/tenancy/tenant.ts";
import { DeletePage } from "../../views/pages/contacts/contact_form.tsx";
import {
  ListActions,
  type ListFormProps,
  ListPage,
  ListsPage,
  NewListLink,
  NewListPage,
} from "../../views/pages/contacts/lists_page.tsx";
import { contactText } from "../../views/pages/contacts/text.ts";
import type { MemberEnv } from "../http.ts";
import { localeOf } from "../locale.ts";
import { done, form, type Page, page } from "../page.tsx";
import { MemberPages } from "./member_pages.ts";

const PATH = "/contacts/lists";

const pages = new MemberPages();
export default pages;

pages.get(PATH, async (c) => {
  const ctx = c.get("member");
  const lists = await countContactLists(ctx);
  return await page(c, {
    title: textOf(c).lists,
    actions: isEntitled(ctx, CAMPAIGNS) ? <NewListLink /> : undefined,
    body: <ListsPage lists={lists} />,
  });
});

pages.get(`${PATH}/new`, (c) => {
  const ctx = c.get("member");
  authorize(ctx, CAMPAIGNS_MANAGE);
  requireFeature(ctx, CAMPAIGNS);
  return page(c, newListPage(c, {}));
});

pages.post(PATH, (c) => {
  const ctx = c.get("member");
  return form(c, {
    schema: newContactList,
    submit: (input, { idFor }) => createContactList(ctx, input, idFor("contact list")),
    done: ({ id, name }) => ({ to: `${PATH}/${id}`, flash: textOf(c).listCreated(name) }),
    refusals: ["invalid", "conflict"],
    refused: (refused) => newListPage(c, refused),
  });
});

pages.get(`${PATH}/:id`, async (c) => {
  const list = await getContactList(c.get("member"), c.req.param("id"));
  return await page(c, listPage(c, list, { values: list }));
});

pages.post(`${PATH}/:id`, async (c) => {
  const ctx = c.get("member");
  const list = await getContactList(ctx, c.req.param("id"));
  return await form(c, {
    schema: newContactList,
    submit: (input) => updateContactList(ctx, list.id, input),
    done: ({ id, name }) => ({ to: `${PATH}/${id}`, flash: textOf(c).saved(name) }),
    refused: (refused) => listPage(c, list, refused),
  });
});

pages.get(`${PATH}/:id/delete`, async (c) => {
  const list = await getContactList(c.get("member"), c.req.param("id"));
  const { listForm, listDeleteWarning } = textOf(c);
  return await page(c, {
    title: listForm.remove,
    trail: trailOf(c, list),
    body: (
      <DeletePage
        action={`${PATH}/${list.id}/delete`}
        back={`${PATH}/${list.id}`}
        warning={listDeleteWarning}
        name={list.name}
        button={listForm.remove}
      />
    ),
  });
});

pages.post(`${PATH}/:id/delete`, async (c) => {
  const { name } = await deleteContactList(c.get("member"), c.req.param("id"));
  return await done(c, { to: PATH, flash: textOf(c).deleted(name) });
});

function newListPage(c: Context<MemberEnv>, props: ListFormProps): Page {
  return { title: textOf(c).listForm.new, trail: trailOf(c), body: <NewListPage {...props} /> };
}

function listPage(c: Context<MemberEnv>, list: CountedList, props: ListFormProps): Page {
  const { tenant, services } = c.get("member");
  const url = `${tenantUrl(services.config.appUrl, tenant)}/subscribe/${list.id}`;
  return {
    title: list.name,
    trail: trailOf(c),
    actions: <ListActions id={list.id} />,
    body: <ListPage list={list} url={url} form={{ ...props, list }} />,
  };
}

function trailOf(c: Context<MemberEnv>, list?: { id: string; name: string }) {
  const text = textOf(c);
  const trail = [{ label: text.title, href: "/contacts" }, { label: text.lists, href: PATH }];
  return list ? [...trail, { label: list.name, href: `${PATH}/${list.id}` }] : trail;
}

function textOf(c: Context<MemberEnv>) {
  return contactText.of(localeOf(c));
}
