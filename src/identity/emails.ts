import { z } from "zod";
import { AccountDeleted } from "../../views/emails/account_deleted.tsx";
import { ConfirmNewEmail } from "../../views/emails/confirm_new_email.tsx";
import { EmailChanged } from "../../views/emails/email_changed.tsx";
import { NewDevice } from "../../views/emails/new_device.tsx";
import { PasswordChanged } from "../../views/emails/password_changed.tsx";
import { ResetPassword } from "../../views/emails/reset_password.tsx";
import { SignInLink } from "../../views/emails/sign_in_link.tsx";
import { SignUpCode } from "../../views/emails/sign_up_code.tsx";
import { emailText } from "../../views/emails/text.ts";
import { VerifyAddress } from "../../views/emails/verify_address.tsx";
import type { UserId } from "../access/actor.ts";
import type { SystemContext } from "../context.ts";
import { ACCOUNTS, type Audience, type Recipient } from "../email/audience.ts";
import { PRODUCT_NAME } from "../email/brand.ts";
import { email } from "../email/email.ts";
import { SAMPLE } from "../email/sample.ts";
import { MINUTE } from "../platform/clock.ts";
import { idSchema } from "../platform/ids.ts";
import { isLanguage } from "../platform/locales.ts";
import { parseUserAgent } from "../platform/user_agent.ts";
import { findWorkspace } from "../tenancy/workspaces.ts";
import {
  createEmailChangeLink,
  createPasswordLink,
  createVerificationLink,
  VERIFICATION_HOURS,
} from "./emailed_links.ts";
import {
  createSignInLink,
  type EmailSignIn,
  findEmailSignInById,
  SIGN_IN_MINUTES,
  signInCodeOf,
} from "./sign_in_codes.ts";
import { findUserByEmail, findUserById, type User } from "./users.ts";
import { CODE_MINUTES, codeOf, findPendingSignUpById, type PendingSignUp } from "./sign_up_codes.ts";

/**
 * Longer than the hour in which an address gets five of these emails. If strangers use up the five, a link that works is
 * already in the owner's inbox.
 */
const RESET_MINUTES = 90;

/** Where a request or a change came from. Without an address, the product's operator made it. */
const origin = { ipAddress: z.string().nullable(), userAgent: z.string() };

function originOf({ ipAddress, userAgent }: { ipAddress: string | null; userAgent: string }) {
  return ipAddress === null ? null : { ipAddress, browser: parseUserAgent(userAgent) };
}

export const VERIFY_ADDRESS = email("verify_address", {
  to: ACCOUNTS,
  request: z.object({ userId: idSchema<UserId>() }),
  load: async (ctx, reader) => {
    if (reader.emailVerifiedAt) return null;
    return { url: await createVerificationLink(ctx, reader), expiryHours: VERIFICATION_HOURS };
  },
  subject: (_data, _brand, locale) => emailText.of(locale).verifyAddress.subject,
  preheader: ({ expiryHours }, { name }, locale) =>
    emailText.of(locale).verifyAddress.preheader(name, expiryHours),
  view: VerifyAddress,
  sample: { url: SAMPLE.verificationLink, expiryHours: 24 },
});

/** The request contains the address that a visitor entered. Only the job looks up its account, so timing reveals nothing. */
export const RESET_PASSWORD = email("reset_password", {
  to: ACCOUNTS,
  request: z.object({ address: z.string(), ...origin }),
  load: async (ctx, reader, request) => ({
    name: reader.emailVerifiedAt && reader.name,
    url: await createPasswordLink(ctx, reader, { ttl: RESET_MINUTES * MINUTE, channel: "email" }),
    expiryMinutes: RESET_MINUTES,
    origin: originOf(request),
  }),
  subject: (_data, { name }, locale) => emailText.of(locale).resetPassword.subject(name),
  preheader: ({ expiryMinutes }, _brand, locale) =>
    emailText.of(locale).resetPassword.preheader(expiryMinutes),
  view: ResetPassword,
  sample: {
    name: SAMPLE.person,
    url: SAMPLE.passwordLink,
    expiryMinutes: 90,
    origin: { ipAddress: "203.0.113.24", browser: { browser: "Firefox", system: "Linux" } },
  },
});

export const PASSWORD_CHANGED = email("password_changed", {
  ...originNotice("/forgot-password"),
  subject: (_data, _brand, locale) => emailText.of(locale).passwordChanged.subject,
  preheader: (_data, _brand, locale) => emailText.of(locale).passwordChanged.preheader,
  view: PasswordChanged,
});

const emailChange = z.object({
  userId: idSchema<UserId>(),
  formerAddress: z.string(),
  newAddress: z.string(),
});
type EmailChange = z.output<typeof emailChange>;

/** Someone who wants to use an address that their account doesn't have yet. */
const NEW_ADDRESSES: Audience<EmailChange, SystemContext, Recipient & { user: User }> = {
  find: async ({ system, tenant }, { userId, formerAddress, newAddress }) => {
    const user = tenant ? null : await findUserById(system.control, userId);
    if (user?.email !== formerAddress || await findUserByEmail(system.control, newAddress)) return null;
    const reader = { id: null, email: newAddress, name: "", emailVerifiedAt: null, locale: user.locale };
    return { ctx: system, reader: { ...reader, user } };
  },
  reason: (_reader, _tenantName, locale) => emailText.of(locale).reasons.newAddress(PRODUCT_NAME),
};

/** The reader of the address that an account had before, or still has. */
const FORMER_ADDRESSES: Audience<EmailChange, SystemContext, Recipient> = {
  find: async ({ system, tenant }, { userId, formerAddress }) => {
    const user = tenant ? null : await findUserById(system.control, userId);
    return user && { ctx: system, reader: { ...user, id: null, email: formerAddress } };
  },
  reason: (_reader, _tenantName, locale) => emailText.of(locale).reasons.formerAddress(PRODUCT_NAME),
};

/** Sent to the new address. It contains nothing that the person chose. */
export const CONFIRM_NEW_EMAIL = email("confirm_new_email", {
  to: NEW_ADDRESSES,
  request: emailChange,
  load: async (ctx, { user }, { newAddress }) => ({
    url: await createEmailChangeLink(ctx, user, newAddress),
    expiryHours: VERIFICATION_HOURS,
  }),
  subject: (_data, { name }, locale) => emailText.of(locale).confirmNewEmail.subject(name),
  preheader: ({ expiryHours }, _brand, locale) => emailText.of(locale).confirmNewEmail.preheader(expiryHours),
  view: ConfirmNewEmail,
  sample: { url: SAMPLE.emailChangeLink, expiryHours: 24 },
});

/** Sent to the address that the account has, when a change is requested and when it is done. */
export const EMAIL_CHANGED = email("email_changed", {
  to: FORMER_ADDRESSES,
  request: emailChange.extend({
    stage: z.enum(["requested", "done"]),
    ...origin,
  }),
  load: (ctx, reader, { stage, newAddress, ...request }) =>
    Promise.resolve({
      stage,
      name: reader.emailVerifiedAt && reader.name,
      newAddress: reader.emailVerifiedAt && newAddress,
      url: stage === "requested" ? `${ctx.services.config.appUrl.origin}/forgot-password` : null,
      contact: stage === "done" ? ctx.services.config.securityContact.replace(/^mailto:/, "") : null,
      origin: originOf(request),
    }),
  subject: ({ stage }, _brand, locale) => emailText.of(locale).emailChanged[stage].title,
  preheader: ({ stage }, _brand, locale) => emailText.of(locale).emailChanged[stage].preheader,
  view: EmailChanged,
  sample: {
    stage: "requested",
    name: SAMPLE.person,
    newAddress: "ada@new.example",
    url: `${SAMPLE.site}/forgot-password`,
    contact: null,
    origin: { ipAddress: "203.0.113.24", browser: { browser: "Firefox", system: "Linux" } },
  },
});

export const NEW_DEVICE = email("new_device", {
  ...originNotice("/account/sessions"),
  subject: (_data, { name }, locale) => emailText.of(locale).newDevice.subject(name),
  preheader: (_data, _brand, locale) => emailText.of(locale).newDevice.preheader,
  view: NewDevice,
});

const formerAccount = z.object({ address: z.string(), locale: z.string().nullable() });

/** Someone whose account is deleted. */
const FORMER_ACCOUNTS: Audience<z.output<typeof formerAccount>, SystemContext, Recipient> = {
  find: ({ system }, { address, locale }) => {
    const language = locale !== null && isLanguage(locale) ? locale : null;
    const reader = { id: null, email: address, name: "", emailVerifiedAt: null, locale: language };
    return Promise.resolve({ ctx: system, reader });
  },
  reason: (_reader, _tenantName, locale) => emailText.of(locale).reasons.formerAddress(PRODUCT_NAME),
};

export const ACCOUNT_DELETED = email("account_deleted", {
  to: FORMER_ACCOUNTS,
  request: formerAccount,
  load: () => Promise.resolve({}),
  subject: (_data, { name }, locale) => emailText.of(locale).accountDeleted.subject(name),
  preheader: (_data, _brand, locale) => emailText.of(locale).accountDeleted.preheader,
  view: AccountDeleted,
  sample: {},
});

type EmailSignInReader = User & { pending: EmailSignIn };

/** The person whose address was entered to sign in. On a workspace's host, only its members. */
const SIGN_INS_BY_EMAIL: Audience<{ emailSignInId: string }, SystemContext, EmailSignInReader> = {
  find: async ({ system, tenant }, { emailSignInId }) => {
    const pending = tenant ? null : await findEmailSignInById(system, emailSignInId);
    const user = pending && await findUserByEmail(system.control, pending.email);
    if (!user) return null;
    if (pending.tenantId && !await findWorkspace(system, user, pending.tenantId)) return null;
    return { ctx: system, reader: { ...user, pending } };
  },
  reason: (_reader, _tenantName, locale) => emailText.of(locale).reasons.account(PRODUCT_NAME),
};

export const SIGN_IN_LINK = email("sign_in_link", {
  to: SIGN_INS_BY_EMAIL,
  request: z.object({ emailSignInId: z.uuid(), ipAddress: z.string(), userAgent: z.string() }),
  load: async (ctx, { pending, ...reader }, { ipAddress, userAgent }) => ({
    name: reader.emailVerifiedAt && reader.name,
    url: await createSignInLink(ctx, reader, pending),
    code: signInCodeOf(ctx, pending),
    expiryMinutes: SIGN_IN_MINUTES,
    ipAddress,
    browser: parseUserAgent(userAgent),
  }),
  subject: (_data, { name }, locale) => emailText.of(locale).signInLink.subject(name),
  preheader: ({ expiryMinutes }, _brand, locale) => emailText.of(locale).signInLink.preheader(expiryMinutes),
  view: SignInLink,
  sample: {
    name: SAMPLE.person,
    url: SAMPLE.signInLink,
    code: "492817",
    expiryMinutes: 15,
    ipAddress: "203.0.113.24",
    browser: { browser: "Firefox", system: "Linux" },
  },
});

type SignUpRecipient = Recipient & { pending: PendingSignUp };

/** A visitor who is signing up. The address has no account yet. */
const VISITORS: Audience<{ pendingSignUpId: string }, SystemContext, SignUpRecipient> = {
  find: async ({ system, tenant }, { pendingSignUpId }) => {
    const pending = tenant ? null : await findPendingSignUpById(system, pendingSignUpId);
    if (!pending) return null;
    return {
      ctx: system,
      reader: { id: null, email: pending.email, name: "", emailVerifiedAt: null, locale: null, pending },
    };
  },
  reason: (_reader, _tenantName, locale) => emailText.of(locale).reasons.signUp(PRODUCT_NAME),
};

export const SIGN_UP_CODE = email("sign_up_code", {
  to: VISITORS,
  request: z.object({ pendingSignUpId: z.uuid() }),
  load: (ctx, { pending }) => Promise.resolve({ code: codeOf(ctx, pending), expiryMinutes: CODE_MINUTES }),
  subject: (_data, { name }, locale) => emailText.of(locale).signUpCode.subject(name),
  preheader: ({ expiryMinutes }, _brand, locale) => emailText.of(locale).signUpCode.preheader(expiryMinutes),
  view: SignUpCode,
  sample: { code: "492817", expiryMinutes: 15 },
});

/** An email about a sign-in or a change, with the browser and the address that it came from. Its button opens `path`. */
function originNotice(path: string) {
  return {
    to: ACCOUNTS,
    request: z.object({ userId: idSchema<UserId>(), ipAddress: z.string(), userAgent: z.string() }),
    load: (
      ctx: SystemContext,
      reader: User,
      { ipAddress, userAgent }: { ipAddress: string; userAgent: string },
    ) =>
      Promise.resolve({
        name: reader.emailVerifiedAt && reader.name,
        url: `${ctx.services.config.appUrl.origin}${path}`,
        ipAddress,
        browser: parseUserAgent(userAgent),
      }),
    sample: {
      name: SAMPLE.person,
      url: `${SAMPLE.site}${path}`,
      ipAddress: "203.0.113.24",
      browser: { browser: "Firefox", system: "Linux" },
    },
  };
}
