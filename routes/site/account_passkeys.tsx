import { type Context, Hono } from "hono";
import { addPasskey, newPasskey, startPasskey } from "../../src/identity/passkey_registration.ts";
import { requireRecentSignIn } from "../../src/identity/recent_sign_in.ts";
import { parseUserAgent } from "../../src/platform/user_agent.ts";
import { tenantUrl } from "../../src/tenancy/tenant.ts";
import { findWorkspaceBySubdomain } from "../../src/tenancy/workspaces.ts";
import { NewPasskeyPage, type NewPasskeyPageProps } from "../../views/pages/account/new_passkey_page.tsx";
import { accountText } from "../../views/pages/account/text.ts";
import { factorTrail, recoveryCodesPage, SECURITY_PATH } from "../app/account_security.tsx";
import { type AccountEnv, systemContextOf } from "../http.ts";
import { localeOf } from "../locale.ts";
import { form, type Page, page } from "../page.tsx";
import { keepPasskeyBrowser, passkeyBrowserOf } from "./passkey_browser.ts";

const PATH = `${SECURITY_PATH}/passkeys`;

/** Adding a passkey to one's account. Only on the apex, because passkeys belong to its host name. */
export const accountPasskeyPages = new Hono<AccountEnv>();

/** Asks for the proof first, because a browser creates the passkey before it sends the form. */
accountPasskeyPages.get(`${PATH}/new`, async (c) => {
  await requireRecentSignIn(systemContextOf(c));
  const { workspace } = c.req.query();
  return await page(c, await passkeyForm(c, { name: deviceName(c), workspace }));
});

accountPasskeyPages.post(PATH, (c) => {
  const ctx = systemContextOf(c);
  const { id } = c.get("session").actor;
  return form(c, {
    schema: newPasskey,
    submit: async (input, { fields: { workspace } }) => {
      const added = await addPasskey(ctx, id, passkeyBrowserOf(c), input, c.get("device"));
      return { ...added, home: await securityPageOf(c, workspace) };
    },
    done: ({ recoveryCodes, home }) =>
      recoveryCodes
        ? page(c, recoveryCodesPage(c, recoveryCodes, home))
        : { to: home, flash: accountText.of(localeOf(c)).passkeyAdded },
    refusals: ["invalid", "unauthenticated", "conflict"],
    refused: ({ values, errors, problem }) =>
      passkeyForm(c, values, errors.name, errors.credential ?? problem),
  });
});

/** What the browser needs to create a passkey. */
accountPasskeyPages.post(`${PATH}/options`, async (c) => {
  const { id } = c.get("session").actor;
  return c.json(await startPasskey(systemContextOf(c), id, keepPasskeyBrowser(c)));
});

async function passkeyForm(
  c: Context<AccountEnv>,
  values: NewPasskeyPageProps["values"],
  nameError?: string,
  problem?: string,
): Promise<Page> {
  const home = await securityPageOf(c, values.workspace);
  const body = <NewPasskeyPage values={values} nameError={nameError} problem={problem} home={home} />;
  return { title: accountText.of(localeOf(c)).newPasskey, trail: factorTrail(c), body };
}

/** The page of the workspace that the person came from, if they are a member. */
async function securityPageOf(c: Context<AccountEnv>, workspace = ""): Promise<string> {
  const ctx = systemContextOf(c);
  const found = workspace ? await findWorkspaceBySubdomain(ctx, c.get("session").actor, workspace) : null;
  return found ? tenantUrl(ctx.services.config.appUrl, found.tenant) + SECURITY_PATH : SECURITY_PATH;
}

/** A name such as "Chrome on macOS". */
function deviceName(c: Context<AccountEnv>): string {
  const { browser, system } = parseUserAgent(c.get("device").userAgent);
  const text = accountText.of(localeOf(c));
  return browser && system ? text.passkeyName(browser, system) : text.factorTypes.passkey;
}
