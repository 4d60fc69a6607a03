import { findRole } from "../access/members.ts";
import type { SystemContext, TenantContext } from "../context.ts";
import { findUserByEmail, findUserById, type User } from "../identity/users.ts";
import type { EmailRequest } from "../jobs/email_requests.ts";
import { type Tenant, tenantUrl } from "../tenancy/tenant.ts";
import { categoryOf, type EmailCategory } from "./categories.ts";
import { CONTENTS } from "./contents.ts";
import type { NamedAddress } from "./email_variables.ts";
import type { EmailBrand, EmailFooter, EmailMessages, MessageName } from "./messages.ts";
import { getEmailPreferences, unsubscribeUrl } from "./preferences.ts";

/** A message to one person, ready to be rendered and sent. */
export type Letter = {
  message: MessageName;
  props: EmailMessages[MessageName];
  to: NamedAddress;
  from: NamedAddress;
  brand: EmailBrand;
  footer: EmailFooter;
  headers: Record<string, string>;
};

/** On whose behalf a mail is sent. `tenant` is null for what is about an account. */
export type Sender = { system: SystemContext; tenant: TenantContext | null };

/** About an account, whichever tenants it belongs to. */
const ABOUT_ACCOUNTS = new Set<MessageName>(["verify_address", "reset_password"]);
/** Whoever reads these knows the tenant, and not us. */
const IN_THE_TENANTS_NAME = new Set<MessageName>(["invitation", "monthly_report"]);
const TO_OWNERS = new Set<MessageName>(["welcome", "deletion_scheduled", "monthly_report"]);

const PRODUCT_NAME = "Denizen";
const PRODUCT_COLOR = "#0b6b58";

/**
 * What a request amounts to now. Null when there is nothing to send any more: its reader is gone or has no such role, wants
 * no mail of the kind, or what it is about has been done or taken back.
 */
export async function composeLetter(sender: Sender, request: EmailRequest): Promise<Letter | null> {
  const { system, tenant } = sender;
  const reader = await findReader(system, request);
  if (!reader || !await mayWriteTo(tenant, reader, request.message)) return null;
  const category = categoryOf(request.message);
  if (category && !(await getEmailPreferences(system, reader.id))[category]) return null;

  const props = await CONTENTS[request.message](sender, reader, request as never);
  if (!props) return null;
  const inTenantsName = tenant && IN_THE_TENANTS_NAME.has(request.message) ? tenant.tenant : null;
  return {
    message: request.message,
    props,
    to: { name: reader.name, address: reader.email },
    from: fromOf(system, inTenantsName),
    brand: brandOf(system, inTenantsName),
    ...choiceOf(sender, request, reader, category),
  };
}

async function findReader({ control }: SystemContext, request: EmailRequest): Promise<User | null> {
  return "userId" in request
    ? await findUserById(control, request.userId)
    : await findUserByEmail(control, request.address);
}

/** A tenant writes to its own members only, and only about itself. */
async function mayWriteTo(
  tenant: TenantContext | null,
  { id }: User,
  message: MessageName,
): Promise<boolean> {
  if (!tenant) return !TO_OWNERS.has(message);
  if (ABOUT_ACCOUNTS.has(message)) return false;
  const role = await findRole(tenant, id);
  return TO_OWNERS.has(message) ? role === "owner" : role !== null;
}

/** The address stays ours whoever speaks: another's domain would not vouch for it. */
function fromOf({ services }: SystemContext, tenant: Tenant | null): NamedAddress {
  const { name, address } = services.config.emailFrom;
  if (!tenant) return { name, address };
  return { name: name ? `${tenant.name} via ${name}` : tenant.name, address };
}

function brandOf({ services }: SystemContext, tenant: Tenant | null): EmailBrand {
  const { appUrl } = services.config;
  if (!tenant) return { name: PRODUCT_NAME, color: PRODUCT_COLOR, logoUrl: null, url: appUrl.origin };
  const { color, logoUrl } = tenant.brand;
  return { name: tenant.name, color: color ?? PRODUCT_COLOR, logoUrl, url: tenantUrl(appUrl, tenant) };
}

/** Why the reader gets it, and where they can say that they don't want to: for people and for programs (RFC 8058). */
function choiceOf(
  { system, tenant }: Sender,
  request: EmailRequest,
  reader: User,
  category: EmailCategory | null,
): Pick<Letter, "footer" | "headers"> {
  const reason = reasonOf(request, tenant?.tenant.name);
  const headers = { "Auto-Submitted": "auto-generated" }; // RFC 3834: no answer by a machine, please
  if (!category || !tenant) {
    return { footer: { reason, unsubscribeUrl: null, preferencesUrl: null }, headers };
  }
  const url = unsubscribeUrl(system, reader.id, category);
  const preferencesUrl = `${tenantUrl(system.services.config.appUrl, tenant.tenant)}/settings/notifications`;
  return {
    footer: { reason, unsubscribeUrl: url, preferencesUrl },
    headers: {
      ...headers,
      "List-Unsubscribe": `<${url}>`,
      "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    },
  };
}

function reasonOf(request: EmailRequest, tenantName = ""): string {
  if (request.message === "invitation") {
    return request.inviterName
      ? `You get this because ${request.inviterName} entered your address in ${tenantName}.`
      : `You get this because your address was entered in ${tenantName}.`;
  }
  return TO_OWNERS.has(request.message)
    ? `You get this because you are an owner of ${tenantName}.`
    : `You get this because this address belongs to an account at ${PRODUCT_NAME}.`;
}
