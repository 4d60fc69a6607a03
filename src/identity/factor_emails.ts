import { z } from "zod";
import { FactorAdded, type FactorChangedData, FactorRemoved } from "../../views/emails/factor_changed.tsx";
import { FactorCode } from "../../views/emails/factor_code.tsx";
import { emailText } from "../../views/emails/text.ts";
import type { UserId } from "../access/actor.ts";
import type { SystemContext } from "../context.ts";
import { ACCOUNTS, type Recipient } from "../email/audience.ts";
import { email } from "../email/email.ts";
import { SAMPLE } from "../email/sample.ts";
import { idSchema } from "../platform/ids.ts";
import { parseUserAgent } from "../platform/user_agent.ts";
import { emailedCode, FACTOR_CODE_MINUTES } from "./factor_codes.ts";
import { FACTOR_TYPES } from "./factors.ts";

/** The code of a sign-in, or of a new second factor. `codeFor` is the id of either, and the code is derived from it. */
export const FACTOR_CODE = email("factor_code", {
  to: ACCOUNTS,
  request: z.object({ userId: idSchema<UserId>(), codeFor: z.uuid() }),
  load: (ctx, _reader, { codeFor }) =>
    Promise.resolve({ code: emailedCode(ctx, codeFor), expiryMinutes: FACTOR_CODE_MINUTES }),
  subject: (_data, { name }, locale) => emailText.of(locale).factorCode.subject(name),
  preheader: ({ expiryMinutes }, _brand, locale) => emailText.of(locale).factorCode.preheader(expiryMinutes),
  view: FactorCode,
  sample: { code: "731946", expiryMinutes: FACTOR_CODE_MINUTES },
});

/** Without an address, the product's operator made the change. */
const factorChange = z.object({
  userId: idSchema<UserId>(),
  type: z.enum(FACTOR_TYPES),
  name: z.string(),
  ipAddress: z.string().nullable(),
  userAgent: z.string(),
});

const factorSample = {
  name: SAMPLE.person,
  type: "totp",
  factor: "Ada 2",
  url: `${SAMPLE.site}/account/security`,
  origin: { ipAddress: "203.0.113.24", browser: { browser: "Firefox", system: "Linux" } },
} as const;

export const FACTOR_ADDED = email("factor_added", {
  to: ACCOUNTS,
  request: factorChange,
  load: loadFactorChange,
  subject: (_data, _brand, locale) => emailText.of(locale).factorAdded.subject,
  preheader: (_data, _brand, locale) => emailText.of(locale).factorAdded.preheader,
  view: FactorAdded,
  sample: factorSample,
});

export const FACTOR_REMOVED = email("factor_removed", {
  to: ACCOUNTS,
  request: factorChange,
  load: loadFactorChange,
  subject: (_data, _brand, locale) => emailText.of(locale).factorRemoved.subject,
  preheader: (_data, _brand, locale) => emailText.of(locale).factorRemoved.preheader,
  view: FactorRemoved,
  sample: factorSample,
});

function loadFactorChange(
  { services }: SystemContext,
  reader: Recipient,
  { type, name: factor, ipAddress, userAgent }: z.output<typeof factorChange>,
): Promise<FactorChangedData> {
  return Promise.resolve({
    name: reader.emailVerifiedAt && reader.name,
    type,
    // A stranger may have chosen the factor's name.
    factor: reader.emailVerifiedAt && factor,
    url: `${services.config.appUrl.origin}/account/security`,
    origin: ipAddress === null ? null : { ipAddress, browser: parseUserAgent(userAgent) },
  });
}
