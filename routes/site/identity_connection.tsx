import { type Context, Hono } from "hono";
import { z } from "zod";
import { connectIdentity, findConnection } from "../../src/identity/identity_management.ts";
import { PROVIDER_NAMES } from "../../src/identity/oauth_providers.ts";
import { ConnectPage } from "../../views/pages/oauth/connect_page.tsx";
import { oauthText } from "../../views/pages/oauth/text.ts";
import { type HttpEnv, systemContextOf } from "../http.ts";
import { localeOf } from "../locale.ts";
import { done, form, page } from "../page.tsx";
import { forgetKeptIdentity, keptIdentityOf } from "./kept_identity_cookie.ts";
import { safeNext } from "./redirects.ts";

export const CONNECT_PATH = "/auth/connect";
const SECURITY_PATH = "/account/security";

/** Connects the account that a person proved at a provider, once they say so on a page of ours. */
export const connectionPages = new Hono<HttpEnv>();

connectionPages.get(CONNECT_PATH, async (c) => {
  const connection = await findConnection(systemContextOf(c), keptIdentityOf(c));
  if (!connection) return c.redirect(c.get("session") ? SECURITY_PATH : "/login", 303);
  const { account: { provider, email }, step, owner } = connection;
  const name = PROVIDER_NAMES[provider];
  const title = textOf(c)[step === "sign_in" ? "signInTitle" : "connectTitle"](name);
  const current = c.get("session")?.actor.email ?? "";
  const props = { title, provider: name, account: email, step, owner, current, path: CONNECT_PATH };
  return await page(c, { title, body: <ConnectPage {...props} />, status: step === "switch" ? 409 : 200 });
});

connectionPages.post(CONNECT_PATH, (c) => {
  return form(c, {
    schema: z.object({}),
    submit: () => connectIdentity(systemContextOf(c), keptIdentityOf(c), c.get("device")),
    done: ({ provider, next }) => {
      forgetKeptIdentity(c);
      const flash = textOf(c).connected(PROVIDER_NAMES[provider]);
      return { to: safeNext(next ?? undefined, SECURITY_PATH), flash };
    },
    refusals: ["conflict"],
    refused: async ({ problem }) => {
      forgetKeptIdentity(c);
      const flash = { kind: "error" as const, text: problem! };
      return await done(c, { to: c.get("session") ? SECURITY_PATH : "/login", flash });
    },
  });
});

function textOf(c: Context<HttpEnv>) {
  return oauthText.of(localeOf(c));
}
