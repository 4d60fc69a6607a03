import type { Context } from "hono";
import { z } from "zod";
import { changePassword, passwordChange } from "../../src/identity/account.ts";
import { RECOVERY_CODE_COUNT } from "../../src/identity/factor_codes.ts";
import {
  addFactor,
  confirmFactor,
  factorConfirmation,
  listFactors,
  newFactor,
  removeFactor,
  renewRecoveryCodes,
} from "../../src/identity/factor_management.ts";
import { CODE_FACTOR_TYPES, countRecoveryCodes } from "../../src/identity/factors.ts";
import type { Identity } from "../../src/identity/identities.ts";
import { disconnectIdentity, listIdentities } from "../../src/identity/identity_management.ts";
import { PROVIDER_NAMES } from "../../src/identity/oauth_providers.ts";
import { getPendingFactor, textPendingAgain } from "../../src/identity/pending_factors.ts";
import { isRecentSignIn } from "../../src/identity/recent_sign_in.ts";
import { findStepUpWay } from "../../src/identity/step_up.ts";
import { getUserById } from "../../src/identity/users.ts";
import { sendsTexts } from "../../src/text_messages/deliver.ts";
import {
  ConfirmFactorPage,
  NewFactorPage,
  RecoveryCodesPage,
} from "../../views/pages/account/factor_pages.tsx";
import { SecurityPage } from "../../views/pages/account/security_page.tsx";
import { accountText } from "../../views/pages/account/text.ts";
import { type AccountEnv, systemContextOf } from "../http.ts";
import { localeOf } from "../locale.ts";
import { done, form, type Page, page, type RefusedForm } from "../page.tsx";
import { providerLinks } from "../site/provider_links.ts";
import { AccountPages } from "./account_pages.ts";

export const SECURITY_PATH = "/account/security";
const PATH = SECURITY_PATH;

/** A person's password and second factors. */
const pages = new AccountPages({
  label: (locale) => accountText.of(locale).security,
  href: PATH,
  position: 20,
});
export default pages;

pages.get(PATH, async (c) => await page(c, await securityPage(c)));

pages.post(PATH, (c) => {
  return form(c, {
    schema: passwordChange,
    submit: (input) => changePassword(systemContextOf(c), c.get("session"), input, c.get("device")),
    done: () => ({ to: PATH, flash: textOf(c).passwordChanged }),
    refusals: ["invalid", "rate_limited"],
    refused: (refused) => securityPage(c, refused),
  });
});

pages.get(`${PATH}/factors/new`, (c) => page(c, newFactorPage(c, { type: c.req.query("type") ?? "" })));

pages.post(`${PATH}/factors`, (c) => {
  const ctx = systemContextOf(c);
  return form(c, {
    schema: newFactor,
    submit: (input) => addFactor(ctx, c.get("session").actor.id, input),
    done: ({ id }) => ({ to: `${PATH}/factors/${id}` }),
    refused: ({ values, errors }) => newFactorPage(c, values, errors),
  });
});

pages.get(`${PATH}/factors/:id`, async (c) => {
  return await page(c, await confirmPage(c, c.req.param("id")));
});

pages.post(`${PATH}/factors/:id`, (c) => {
  const id = c.req.param("id");
  return form(c, {
    schema: factorConfirmation,
    submit: ({ code }) =>
      confirmFactor(systemContextOf(c), c.get("session").actor.id, id, code, c.get("device")),
    done: async ({ recoveryCodes }) =>
      recoveryCodes
        ? await page(c, recoveryCodesPage(c, recoveryCodes))
        : { to: PATH, flash: textOf(c).factorAdded },
    refused: ({ errors }) => confirmPage(c, id, errors),
  });
});

pages.post(`${PATH}/factors/:id/text`, (c) => {
  const id = c.req.param("id");
  return form(c, {
    schema: z.object({}),
    submit: () => textPendingAgain(systemContextOf(c), c.get("session").actor.id, id),
    done: () => ({ to: `${PATH}/factors/${id}`, flash: { kind: "info", text: textOf(c).codeTexted } }),
    refusals: ["rate_limited"],
    refused: ({ problem }) => confirmPage(c, id, undefined, problem),
  });
});

pages.post(`${PATH}/factors/:id/remove`, async (c) => {
  await removeFactor(systemContextOf(c), c.get("session").actor.id, c.req.param("id"), c.get("device"));
  return await done(c, { to: PATH, flash: textOf(c).factorRemoved });
});

pages.post(`${PATH}/recovery-codes`, async (c) => {
  return await page(
    c,
    recoveryCodesPage(c, await renewRecoveryCodes(systemContextOf(c), c.get("session").actor.id)),
  );
});

pages.post(`${PATH}/identities/:id/remove`, async (c) => {
  const { actor } = c.get("session");
  const id = c.req.param("id");
  const { provider } = await disconnectIdentity(systemContextOf(c), actor.id, id, c.get("device"));
  return await done(c, { to: PATH, flash: textOf(c).disconnected(PROVIDER_NAMES[provider]) });
});

async function securityPage(c: Context<AccountEnv>, refused?: RefusedForm): Promise<Page> {
  const ctx = systemContextOf(c);
  const { actor: { id, email }, isVerified } = c.get("session");
  const text = textOf(c);
  const [{ passwordHash }, factors, identities, left, isRecent] = await Promise.all([
    getUserById(ctx.control, id),
    listFactors(ctx, id),
    listIdentities(ctx, id),
    countRecoveryCodes(ctx.control, id),
    isRecentSignIn(ctx),
  ]);
  const notices: Record<string, string> = { staff: text.staffNotice, required: text.requiredNotice };
  const props = {
    email,
    factors,
    identities,
    providers: connectLinks(c, identities),
    recovery: { left, all: RECOVERY_CODE_COUNT },
    isVerified,
    sendsTexts: sendsTexts(ctx.services),
    passkeyHref: newPasskeyHref(c),
    now: ctx.services.clock.now(),
    stepUp: isRecent ? null : await findStepUpWay(ctx),
    notice: factors.length === 0 ? notices[c.req.query("notice") ?? ""] : undefined,
    hasPassword: passwordHash !== null,
    errors: refused?.problem ? { current_password: refused.problem } : refused?.errors,
  };
  return {
    title: text.security,
    trail: [{ label: text.account, href: "/account" }],
    body: <SecurityPage {...props} />,
  };
}

/** The providers at which the person hasn't connected an account. */
function connectLinks(c: Context<AccountEnv>, identities: Identity[]) {
  const connected = new Set(identities.map(({ provider }) => provider));
  const links = providerLinks(c, { purpose: "connect", next: c.get("tenant") ? PATH : undefined });
  return links.filter(({ provider }) => !connected.has(provider));
}

/** Where to add a passkey, which only the apex can. */
function newPasskeyHref(c: Context<AccountEnv>): string {
  const tenant = c.get("tenant");
  const path = `${PATH}/passkeys/new`;
  if (!tenant) return path;
  const url = new URL(path, c.get("services").config.appUrl);
  url.searchParams.set("workspace", tenant.subdomain);
  return url.href;
}

function newFactorPage(
  c: Context<AccountEnv>,
  values: Record<string, string>,
  errors?: RefusedForm["errors"],
): Page {
  const asked = CODE_FACTOR_TYPES.find((known) => known === values.type) ?? "totp";
  const type = asked === "sms" && !sendsTexts(c.get("services")) ? "totp" : asked;
  const text = textOf(c);
  const body = <NewFactorPage type={type} values={values} errors={errors} />;
  return { title: text.newFactors[type], trail: factorTrail(c), body };
}

async function confirmPage(
  c: Context<AccountEnv>,
  id: string,
  errors?: RefusedForm["errors"],
  problem?: string,
): Promise<Page> {
  const { actor } = c.get("session");
  const factor = await getPendingFactor(systemContextOf(c), actor.id, id);
  const text = textOf(c);
  const body = <ConfirmFactorPage factor={factor} email={actor.email} errors={errors} problem={problem} />;
  return { title: text.newFactors[factor.type], trail: factorTrail(c), body };
}

/** Recovery codes, and then the page at `home`. Staff who were sent here go on to the back office. */
export function recoveryCodesPage(c: Context<AccountEnv>, codes: string[], home = PATH): Page {
  const next = c.get("session").isStaffWithoutFactor ? "/admin" : home;
  const body = <RecoveryCodesPage codes={codes} home={next} />;
  return { title: textOf(c).recoveryCodes, trail: factorTrail(c), body };
}

export function factorTrail(c: Context<AccountEnv>) {
  const text = textOf(c);
  return [{ label: text.account, href: "/account" }, { label: text.security, href: PATH }];
}

function textOf(c: Context<AccountEnv>) {
  return accountText.of(localeOf(c));
}
