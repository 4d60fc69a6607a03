import { type EmailContent, type RenderedEmail, renderEmail } from "../../views/emails/render.tsx";
import { DEFAULT_LOCALE, type Locale } from "../../views/locale.ts";
import { productBrand, tenantBrand } from "./brand.ts";
import type { Tenant, TenantId } from "../tenancy/tenant.ts";
import type { EmailPolicy } from "./envelope.ts";

const SITE = "https://denizen.example";
const WORKSPACE = "https://acme.denizen.example";
const TOKEN = "q7Xb2nVfK0sTz3mLr8YwPc5HdJ1uGe4AoRi6Nk9Qv_E";

/** What emails' samples share. */
export const SAMPLE = {
  person: "Ada Lovelace",
  tenantName: "Acme Instruments",
  site: SITE,
  workspace: WORKSPACE,
  passwordLink: `${SITE}/reset-password?token=${TOKEN}`,
  invitationLink: `${SITE}/invitations/${TOKEN}`,
  emailChangeLink: `${SITE}/confirm-email?token=${TOKEN}`,
  signInLink: `${SITE}/login/link?token=${TOKEN}`,
  verificationLink: `${SITE}/verify-email?token=${TOKEN}`,
};

const SAMPLE_TENANT: Pick<Tenant, "id" | "name" | "subdomain" | "primaryDomain" | "brand"> = {
  id: "0198c0de-0000-7000-8000-000000000001" as TenantId,
  name: SAMPLE.tenantName,
  subdomain: "acme",
  primaryDomain: null,
  brand: { color: "#1d59b3", logo: null },
};

/** An email as a reader with a confirmed address sees it. `changes` replace parts of its sample. */
export async function renderSample<Data>(
  email: EmailContent<Data> & EmailPolicy & { sample: Data },
  changes: Partial<Data> = {},
): Promise<RenderedEmail> {
  return await renderEmail(email, { ...email.sample, ...changes }, sampleFrame(email));
}

/** What an inbox shows of an email's sample. */
export function sampleInInbox<Data>(
  email: EmailContent<Data> & EmailPolicy & { sample: Data },
): { subject: string; preheader: string } {
  const { brand } = sampleFrame(email);
  return {
    subject: email.subject(email.sample, brand, DEFAULT_LOCALE),
    preheader: email.preheader(email.sample, brand, DEFAULT_LOCALE),
  };
}

/** The brand and the footer of an email's sample. */
export function sampleFrame(
  { to, category, inTenantsName }: EmailPolicy,
  locale: Locale = DEFAULT_LOCALE,
) {
  const appUrl = new URL(SITE);
  const reason = to.reason({ emailVerifiedAt: new Date(0) }, SAMPLE.tenantName, locale);
  return {
    locale,
    brand: inTenantsName ? tenantBrand(appUrl, SAMPLE_TENANT) : productBrand(appUrl),
    footer: {
      reason,
      unsubscribeUrl: category && `${SITE}/unsubscribe/${TOKEN}`,
      preferencesUrl: category && `${WORKSPACE}/account/notifications`,
    },
  };
}
