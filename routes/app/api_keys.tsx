import type { Context } from "hono";
import { z } from "zod";
import {
  API_KEY_LIST,
  type ApiKey,
  browseApiKeys,
  createApiKey,
  getApiKey,
  revokeApiKey,
} from "../../src/api_access/api_keys.ts";
import { API_KEYS_MANAGE } from "../../src/api_access/permissions.ts";
import { newApiKey, permissionProblems } from "../../src/api_access/key_input.ts";
import { canRotate, keyRotation, rotateApiKey } from "../../src/api_access/key_rotation.ts";
import { authorize, can } from "../../src/access/authorize.ts";
import { isAssignable } from "../../src/access/permissions.ts";
import { apiRequestsOf } from "../../src/billing/entitlements.ts";
import { after, DAY } from "../../src/platform/clock.ts";
import { currentMember } from "../../src/tenancy/open_tenant.ts";
import type { Flash } from "../../views/components/alert.tsx";
import { RevokeDialog, RevokePage, RotatePage } from "../../views/pages/api_keys/key_changes.tsx";
import { EXPIRIES, KeyForm, type KeyFormProps } from "../../views/pages/api_keys/key_form.tsx";
import { KeyList, type KeyListProps, KEYS, type ListedKey } from "../../views/pages/api_keys/key_list.tsx";
import { KeyActions, KeyPage } from "../../views/pages/api_keys/key_page.tsx";
import { KeysChanged, KeysPage, NewKeyLink } from "../../views/pages/api_keys/keys_page.tsx";
import { SecretPage } from "../../views/pages/api_keys/secret_page.tsx";
import { keyText } from "../../views/pages/api_keys/text.ts";
import { readNumber } from "../form_values.ts";
import { type Fields, type MemberEnv, readForm } from "../http.ts";
import { type Address, readListAddress, shownList } from "../list_address.ts";
import { localeOf } from "../locale.ts";
import { type Done, done, form, type Page, page, type RefusedForm } from "../page.tsx";
import { snakeCase } from "../wire.ts";
import { MemberPages } from "./member_pages.ts";

const PATH = KEYS.path;

/** The fields as people type them: checked boxes and addresses, each as one text. */
const keyForm = z.object({
  name: newApiKey.shape.name,
  permissions: z.string().default(""),
  expiry: z.enum(EXPIRIES).default("90"),
  allowedIps: z.string().default(""),
  requestsPerMinute: z.string().trim().transform((text) => text === "" ? null : Number(text))
    .pipe(newApiKey.shape.requestsPerMinute.unwrap()).default(null),
});

const rotationForm = z.object({
  overlapHours: z.preprocess((text) => readNumber(text as string), keyRotation.shape.overlapHours),
});

/** The API keys of a workspace. */
const pages = new MemberPages({
  label: (locale) => keyText.of(locale).title,
  href: PATH,
  icon: "key",
  group: "developers",
  position: 10,
  permission: API_KEYS_MANAGE,
});
export default pages;

pages.get(PATH, async (c) => {
  const list = await showKeys(c, c.req.query());
  return await page(c, {
    title: textOf(c).title,
    actions: <NewKeyLink />,
    body: <KeysPage {...list} />,
    partial: <KeyList {...list} />,
  });
});

pages.get(`${PATH}/new`, async (c) => {
  authorize(c.get("member"), API_KEYS_MANAGE);
  return await page(c, formPage(c, { values: { permissions: [] } }));
});

pages.post(PATH, async (c) => {
  const ctx = c.get("member");
  return await form(c, {
    schema: keyForm,
    fields: await readKeyForm(c),
    submit: async (input, { idFor }) =>
      await createApiKey(await currentMember(ctx), toKey(c, input), idFor("API key")),
    done: async (key) =>
      key
        ? await secretPage(c, { title: textOf(c).createdTitle, name: key.name, secret: key.apiKey })
        : { to: PATH, flash: { kind: "info", text: textOf(c).madeBefore } },
    refusals: ["invalid", "conflict"],
    refused: (refused) => formPage(c, refilled(refused)),
    alsoCheck: ({ permissions = "" }) =>
      Promise.resolve(permissionProblems(ctx.services, wordsIn(permissions))),
  });
});

pages.get(`${PATH}/:id`, async (c) => {
  const apiKey = listed(c, await getApiKey(c.get("member"), c.req.param("id")));
  const { permissionGroups: groups, clock } = c.get("services");
  return await page(c, {
    title: apiKey.name,
    trail: trailOf(c),
    actions: <KeyActions apiKey={apiKey} />,
    body: <KeyPage apiKey={apiKey} groups={groups} now={clock.now()} />,
  });
});

pages.get(`${PATH}/:id/rotate`, async (c) => await page(c, await rotatePage(c)));

pages.post(`${PATH}/:id/rotate`, (c) => {
  const id = c.req.param("id");
  return form(c, {
    schema: rotationForm,
    submit: async (input) => {
      const { name, apiKey } = await rotateApiKey(await currentMember(c.get("member")), id, input);
      return { name, secret: apiKey, ...input };
    },
    done: (rotated) => secretPage(c, { title: textOf(c).rotatedTitle, ...rotated }),
    refusals: ["invalid", "conflict"],
    refused: ({ errors, problem }) => rotatePage(c, errors.overlap_hours ?? problem),
  });
});

pages.get(`${PATH}/:id/revoke`, async (c) => {
  const apiKey = listed(c, await getApiKey(c.get("member"), c.req.param("id")));
  const props = { apiKey, now: c.get("services").clock.now() };
  return await page(c, {
    title: textOf(c).revokeTitle,
    trail: trailOf(c, apiKey),
    body: <RevokePage {...props} />,
    partial: <RevokeDialog {...props} />,
  });
});

pages.post(`${PATH}/:id/revoke`, async (c) => {
  const { name } = await revokeApiKey(c.get("member"), c.req.param("id"));
  return await done(c, afterRevocation(c, { kind: "success", text: textOf(c).revoked(name) }));
});

async function showKeys(c: Context<MemberEnv>, address: Address): Promise<KeyListProps> {
  const ctx = c.get("member");
  const query = readListAddress(address, API_KEY_LIST);
  const { items, tabs: _, ...pages } = await browseApiKeys(ctx, query);
  return {
    keys: items.map((key) => listed(c, key)),
    groups: ctx.services.permissionGroups,
    pages,
    view: { sort: snakeCase(query.sort) },
    now: ctx.services.clock.now(),
  };
}

/** The list as it is now if the person is there, otherwise the whole page. */
function afterRevocation(c: Context<MemberEnv>, message: Flash): Done {
  const address = shownList(c, PATH);
  if (!address) return { to: PATH, flash: message };
  return {
    to: `${PATH}?${new URLSearchParams(address)}`,
    flash: message,
    partial: async () => <KeysChanged list={await showKeys(c, address)} message={message} />,
  };
}

/** Shows a secret. The page is never stored and never compressed (docs/decisions/028-compression.md). */
async function secretPage(
  c: Context<MemberEnv>,
  { title, ...secret }: { title: string; name: string; secret: string; overlapHours?: number },
): Promise<Response> {
  c.header("Cache-Control", "no-store, no-transform");
  const apiUrl = `${new URL(c.req.url).origin}/api/v1`;
  return await page(c, { title, trail: trailOf(c), body: <SecretPage apiUrl={apiUrl} {...secret} /> });
}

async function rotatePage(c: Context<MemberEnv, "/:id/rotate">, error?: string): Promise<Page> {
  const apiKey = await getApiKey(c.get("member"), c.req.param("id"));
  return {
    title: textOf(c).rotateTitle,
    trail: trailOf(c, apiKey),
    body: <RotatePage apiKey={apiKey} error={error} />,
  };
}

function formPage(c: Context<MemberEnv>, props: Omit<KeyFormProps, "groups" | "planLimit">): Page {
  const ctx = c.get("member");
  const groups = ctx.services.permissionGroups.map(({ label, permissions }) => ({
    label,
    choices: permissions.filter(isAssignable)
      .map((permission) => ({ ...permission, isAllowed: can(ctx, permission) })),
  }));
  const planLimit = apiRequestsOf(ctx.tenant, ctx.services.clock.now());
  return {
    title: textOf(c).new,
    trail: trailOf(c),
    body: (
      <KeyForm groups={groups.filter(({ choices }) => choices.length > 0)} planLimit={planLimit} {...props} />
    ),
  };
}

async function readKeyForm(c: Context<MemberEnv>): Promise<Fields> {
  const { permissions } = await c.req.parseBody({ all: true });
  const keys = [permissions ?? []].flat().filter((key) => typeof key === "string");
  return { ...await readForm(c), permissions: keys.join(" ") };
}

function toKey(
  c: Context<MemberEnv>,
  { expiry, permissions, allowedIps, ...values }: z.output<typeof keyForm>,
) {
  const now = c.get("services").clock.now();
  return {
    ...values,
    permissions: wordsIn(permissions),
    allowedIps: wordsIn(allowedIps),
    expiresAt: expiry === "never" ? null : after(now, Number(expiry) * DAY).toISOString(),
  };
}

function refilled({ values, ...refused }: RefusedForm) {
  return { values: { ...values, permissions: wordsIn(values.permissions ?? "") }, ...refused };
}

/** Keys and addresses contain no spaces and no commas. */
function wordsIn(text: string): string[] {
  return text.split(/[\s,]+/).filter(Boolean);
}

function listed(c: Context<MemberEnv>, key: ApiKey): ListedKey {
  return { ...key, canRotate: canRotate(c.get("member"), key) };
}

function trailOf(c: Context<MemberEnv>, key?: { id: string; name: string }) {
  const list = { label: textOf(c).title, href: PATH };
  return key ? [list, { label: key.name, href: `${PATH}/${key.id}` }] : [list];
}

function textOf(c: Context<MemberEnv>) {
  return keyText.of(localeOf(c));
}
