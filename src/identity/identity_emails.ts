import { z } from "zod";
import {
  type IdentityChangedData,
  IdentityConnected,
  IdentityDisconnected,
} from "../../views/emails/identity_changed.tsx";
import { emailText } from "../../views/emails/text.ts";
import type { UserId } from "../access/actor.ts";
import type { SystemContext } from "../context.ts";
import { ACCOUNTS, type Recipient } from "../email/audience.ts";
import { email } from "../email/email.ts";
import { SAMPLE } from "../email/sample.ts";
import { idSchema } from "../platform/ids.ts";
import { parseUserAgent } from "../platform/user_agent.ts";
import { PROVIDER_NAMES, PROVIDERS } from "./oauth_providers.ts";

/** `account` is the address at the provider, if the provider verified it. */
const identityChange = z.object({
  userId: idSchema<UserId>(),
  provider: z.enum(PROVIDERS),
  account: z.string().nullable(),
  ipAddress: z.string(),
  userAgent: z.string(),
});

const sample = {
  name: SAMPLE.person,
  providerName: "Google",
  accountName: "ada@gmail.example",
  url: `${SAMPLE.site}/account/security`,
  ipAddress: "203.0.113.24",
  browser: { browser: "Firefox", system: "Linux" },
};

export const IDENTITY_CONNECTED = email("identity_connected", {
  to: ACCOUNTS,
  request: identityChange,
  load: loadIdentityChange,
  subject: ({ providerName }, _brand, locale) => emailText.of(locale).identityConnected.subject(providerName),
  preheader: (_data, _brand, locale) => emailText.of(locale).identityConnected.preheader,
  view: IdentityConnected,
  sample,
});

export const IDENTITY_DISCONNECTED = email("identity_disconnected", {
  to: ACCOUNTS,
  request: identityChange,
  load: loadIdentityChange,
  subject: ({ providerName }, _brand, locale) =>
    emailText.of(locale).identityDisconnected.subject(providerName),
  preheader: (_data, _brand, locale) => emailText.of(locale).identityDisconnected.preheader,
  view: IdentityDisconnected,
  sample,
});

function loadIdentityChange(
  { services }: SystemContext,
  reader: Recipient,
  { provider, account, ipAddress, userAgent }: z.output<typeof identityChange>,
): Promise<IdentityChangedData> {
  return Promise.resolve({
    name: reader.emailVerifiedAt && reader.name,
    providerName: PROVIDER_NAMES[provider],
    accountName: account,
    url: `${services.config.appUrl.origin}/account/security`,
    ipAddress,
    browser: parseUserAgent(userAgent),
  });
}
