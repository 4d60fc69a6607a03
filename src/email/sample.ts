import { type EmailContent, type RenderedEmail, renderEmail } from "../../views/emails/render.tsx";
import { productBrand, tenantBrand } from "./brand.ts";
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
  verificationLink: `${SITE}/verify-email?token=${TOKEN}`,
};

const SAMPLE_TENANT = {
  name: SAMPLE.tenantName,
  subdomain: "acme",
  brand: { color: "#1d59b3", logoUrl: null },
};

/** An email as a reader with a confirmed address sees it. `changes` replace parts of its sample. */
export async function renderSample<Data>(
  email: EmailContent<Data> & EmailPolicy & { sample: Data },
  changes: Partial<Data> = {},
): Promise<RenderedEmail> {
  return await renderEmail(email, { ...email.sample, ...changes }, sampleFrame(email));
}

/** The brand and the footer of an email's sample. */
export function sampleFrame(
  { to, category, inTenantsName }: EmailPolicy,
) {
  const appUrl = new URL(SITE);
  const reason = to.reason({ emailVerifiedAt: new Date(0) }, SAMPLE.tenantName);
  return {
    brand: inTenantsName ? tenantBrand(appUrl, SAMPLE_TENANT) : productBrand(appUrl),
    footer: {
      reason,
      unsubscribeUrl: category && `${SITE}/unsubscribe/${TOKEN}`,
      preferencesUrl: category && `${WORKSPACE}/settings/notifications`,
    },
  };
}
