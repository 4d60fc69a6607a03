import { type Context, Hono } from "hono";
import { unauthenticated } from "../../src/errors.ts";
import { createHandoff } from "../../src/identity/handoffs.ts";
import {
  askForPasskey,
  passkeyAnswer,
  type SignedInByPasskey,
  signInByPasskey,
} from "../../src/identity/passkeys.ts";
import { subdomainUrl } from "../../src/tenancy/tenant.ts";
import { TENANTS } from "../../src/tenancy/tenant_directory.ts";
import { findWorkspaceBySubdomain } from "../../src/tenancy/workspaces.ts";
import { PasskeyPage } from "../../views/pages/sign_in/passkey_page.tsx";
import { signInText } from "../../views/pages/sign_in/text.ts";
import { type HttpEnv, systemContextOf } from "../http.ts";
import { localeOf } from "../locale.ts";
import { replaceSession, signInBrowser } from "../middleware/session.ts";
import { type Done, form, type Page, page } from "../page.tsx";
import { STEP_UP_PATH } from "../step_up.tsx";
import { destinationOf } from "./destination.ts";
import { keepPasskeyBrowser, PASSKEY_PATH, passkeyBrowserOf } from "./passkey_browser.ts";
import { safeNext } from "./redirects.ts";
import { forgetSecondStep } from "./second_step_cookies.ts";

/** Signing in with a passkey, and confirming who one is. Only on the apex, because passkeys belong to its host name. */
export const passkeyPages = new Hono<HttpEnv>();

/** Where a person comes from: the subdomain of a workspace, if they wanted to open a page there. */
type Origin = { workspace?: string; next?: string; remember?: string };

passkeyPages.get(PASSKEY_PATH, async (c) => await page(c, await passkeyPage(c, c.req.query())));

passkeyPages.post(PASSKEY_PATH, (c) => {
  return form(c, {
    schema: passkeyAnswer,
    submit: async ({ credential }, { fields }) => {
      const signedIn = await signInByPasskey(systemContextOf(c), passkeyBrowserOf(c), credential, {
        current: c.get("session"),
        remember: fields.remember === "on",
        device: c.get("device"),
      });
      if (signedIn.session) await signInBrowser(c, signedIn.session);
      else await replaceSession(c);
      forgetSecondStep(c);
      return await afterSignIn(c, signedIn, fields);
    },
    done: (next) => next,
    refusals: ["invalid", "unauthenticated"],
    refused: ({ values, errors, problem }) => passkeyPage(c, values, errors.credential ?? problem),
  });
});

/** What the browser needs to ask for any passkey of this installation. */
passkeyPages.post(`${PASSKEY_PATH}/options`, async (c) => {
  const browser = keepPasskeyBrowser(c);
  return c.json(await askForPasskey(systemContextOf(c), { browser, purpose: "sign_in", userId: null }));
});

/** What the browser needs to ask for one of the person's passkeys. `confirmIdentity` takes the answer. */
passkeyPages.post(`${STEP_UP_PATH}/passkey/options`, async (c) => {
  const userId = c.get("session")?.actor.id;
  if (!userId) throw unauthenticated();
  const browser = keepPasskeyBrowser(c);
  return c.json(await askForPasskey(systemContextOf(c), { browser, purpose: "step_up", userId }));
});

async function passkeyPage(
  c: Context<HttpEnv>,
  { workspace, next, remember }: Origin,
  problem?: string,
): Promise<Page> {
  const { services } = systemContextOf(c);
  const tenant = workspace ? await services.use(TENANTS).findBySubdomain(workspace) : null;
  const otherWay = new URL(
    "/login",
    tenant ? subdomainUrl(services.config.appUrl, tenant) : services.config.appUrl,
  );
  if (next) otherWay.searchParams.set("next", next);
  const values = {
    workspace: tenant?.subdomain,
    next,
    remember: remember === "off" ? "off" : "on",
  };
  const body = (
    <PasskeyPage workspace={tenant?.name} values={values} problem={problem} otherWay={otherWay.href} />
  );
  return { title: textOf(c).passkeyTitle, body };
}

/** A person who came from a workspace goes back there by a handoff. */
async function afterSignIn(
  c: Context<HttpEnv>,
  { user, signIn }: SignedInByPasskey,
  { workspace, next }: Origin,
): Promise<Done> {
  if (!workspace) return { to: await destinationOf(c, user, signIn, next) };
  const ctx = systemContextOf(c);
  const found = await findWorkspaceBySubdomain(ctx, user, workspace);
  if (!found) return { to: "/workspaces", flash: { kind: "info", text: textOf(c).notAMember } };
  const { signInId, remember } = signIn;
  const path = safeNext(next, "") || undefined;
  const request = { userId: user.id, signInId, remember, welcome: null, next: path };
  return { to: await createHandoff(ctx, found.tenant, request) };
}

function textOf(c: Context<HttpEnv>) {
  return signInText.of(localeOf(c));
}
