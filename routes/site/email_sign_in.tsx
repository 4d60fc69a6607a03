import { type Context, Hono } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import {
  emailSignIn,
  findEmailSignIn,
  findSignInLink,
  resendEmailSignIn,
  type SignedInByEmail,
  signInByCode,
  signInByLink,
  signInCode,
  signInLink,
  type StartedEmailSignIn,
  startEmailSignIn,
} from "../../src/identity/email_sign_in.ts";
import { SECOND } from "../../src/platform/clock.ts";
import {
  EmailSignInPage,
  type EmailSignInProps,
  ExpiredSignInLinkPage,
  SignInCodePage,
  SignInLinkPage,
} from "../../views/pages/sign_in/email_sign_in_page.tsx";
import { signInText } from "../../views/pages/sign_in/text.ts";
import { type HttpEnv, systemContextOf } from "../http.ts";
import { localeOf } from "../locale.ts";
import { hostCookie } from "../middleware/session.ts";
import { type Done, done, form, type Page, page } from "../page.tsx";
import { enter } from "./destination.ts";
import { safeNext } from "./redirects.ts";

/** Signing in with an emailed link or code, on the apex and on a workspace's host. */
export const emailSignInPages = new Hono<HttpEnv>();

emailSignInPages.get("/login/email", (c) => {
  const { next, email } = c.req.query();
  return page(c, addressPage(c, { next, values: { email, remember: true } }));
});

emailSignInPages.post("/login/email", (c) => {
  return form(c, {
    schema: emailSignIn,
    refusals: ["invalid", "rate_limited"],
    submit: (input, { fields: { remember, next } }) => {
      const wanted = { ...placeOf(c), remember: remember === "on", next: safeNext(next, "") || null };
      return startEmailSignIn(systemContextOf(c), input, wanted, c.get("device"));
    },
    done: (started) => {
      sendBrowserSecret(c, started);
      return { to: "/login/code" };
    },
    refused: ({ values: { email, remember, next }, errors, problem }) =>
      addressPage(c, {
        values: { email, remember: remember === "on" },
        errors: problem ? { email: problem } : errors,
        next,
      }),
  });
});

emailSignInPages.get("/login/code", async (c) => {
  const pending = await findEmailSignIn(systemContextOf(c), browserSecretOf(c), placeOf(c));
  return pending ? await page(c, codePage(c, pending)) : c.redirect("/login/email", 303);
});

emailSignInPages.post("/login/code", (c) => {
  const ctx = systemContextOf(c);
  const secret = browserSecretOf(c);
  return form(c, {
    schema: signInCode,
    refusals: ["invalid", "rate_limited"],
    submit: (input) => signInByCode(ctx, secret, input, placeOf(c), c.get("device")),
    done: (signedIn) => goOn(c, signedIn),
    refused: async ({ errors, problem }) => {
      const pending = errors.token ? null : await findEmailSignIn(ctx, secret, placeOf(c));
      return pending
        ? codePage(c, { ...pending, errors: problem ? { code: problem } : errors })
        : await startOver(c);
    },
  });
});

emailSignInPages.post("/login/code/resend", async (c) => {
  await resendEmailSignIn(systemContextOf(c), browserSecretOf(c), placeOf(c), c.get("device"));
  return await done(c, { to: "/login/code", flash: { kind: "info", text: textOf(c).resent } });
});

/** Changes nothing, because link checkers open this page, too. */
emailSignInPages.get("/login/link", async (c) => await page(c, await linkPage(c, c.req.query("token"))));

emailSignInPages.post("/login/link", (c) => {
  return form(c, {
    schema: signInLink,
    submit: (input) => signInByLink(systemContextOf(c), input, placeOf(c), c.get("device")),
    done: (signedIn) => goOn(c, signedIn),
    refused: ({ values }) => linkPage(c, values.token),
  });
});

function textOf(c: Context<HttpEnv>) {
  return signInText.of(localeOf(c));
}

function placeOf(c: Context<HttpEnv>) {
  return { tenantId: c.get("tenant")?.id ?? null };
}

async function goOn(c: Context<HttpEnv>, signedIn: SignedInByEmail): Promise<Done> {
  forgetBrowserSecret(c);
  return await enter(c, signedIn);
}

function startOver(c: Context<HttpEnv>): Promise<Response> {
  forgetBrowserSecret(c);
  return done(c, { to: "/login/email", flash: { kind: "info", text: textOf(c).codeGone } });
}

function addressPage(c: Context<HttpEnv>, props: EmailSignInProps): Page {
  return { title: textOf(c).byEmailTitle, body: <EmailSignInPage {...props} /> };
}

function codePage(c: Context<HttpEnv>, props: Parameters<typeof SignInCodePage>[0]): Page {
  return { title: textOf(c).codeTitle, body: <SignInCodePage {...props} /> };
}

async function linkPage(c: Context<HttpEnv>, token = ""): Promise<Page> {
  const link = await findSignInLink(systemContextOf(c), token, placeOf(c));
  if (!link) return { title: textOf(c).linkExpiredTitle, body: <ExpiredSignInLinkPage /> };
  const current = c.get("session")?.actor.email;
  const switches = current !== link.address ? current : undefined;
  const body = <SignInLinkPage address={link.address} token={token} current={switches} />;
  return { title: textOf(c).linkTitle, body };
}

/** Gives the browser the secret of its sign-in. The emailed code works only in this browser. */
function sendBrowserSecret(c: Context<HttpEnv>, { token, expiresAt }: StartedEmailSignIn): void {
  const { name, options } = hostCookie(c, "sign_in");
  const left = expiresAt.getTime() - c.get("services").clock.now().getTime();
  setCookie(c, name, token, { ...options, maxAge: Math.floor(left / SECOND) });
}

/** Empty if the browser has asked for no email. */
function browserSecretOf(c: Context<HttpEnv>): string {
  return getCookie(c, hostCookie(c, "sign_in").name) ?? "";
}

function forgetBrowserSecret(c: Context<HttpEnv>): void {
  const { name, options } = hostCookie(c, "sign_in");
  deleteCookie(c, name, options);
}
