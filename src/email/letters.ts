import { findRole } from "../access/members.ts";
import type { SystemContext, TenantContext } from "../context.ts";
import { findUserByEmail, findUserById, type User } from "../identity/users.ts";
import type { EmailRequest } from "./email_requests.ts";
import { type Tenant, tenantUrl } from "../tenancy/tenant.ts";
import { categoryOf, type EmailCategory } from "./categories.ts";
import { CONTENTS, type Sender, signUpCodeContent, type ToUser } from "./contents.ts";
import type { NamedAddress } from "../platform/named_address.ts";
import type { EmailBrand, EmailFooter, EmailMessages, MessageName } from "./messages.ts";
import { isPlainName, isPlainSender } from "./plain_names.ts";
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

/** About an account, whichever tenants it belongs to. */
const ABOUT_ACCOUNTS = new Set<MessageName>(["verify_address", "reset_password"]);
/** The readers of these know the tenant, and not us. */
const IN_THE_TENANTS_NAME = new Set<MessageName>(["invitation", "monthly_report"]);
const TO_OWNERS = new Set<MessageName>(["welcome", "deletion_scheduled", "monthly_report"]);

/** RFC 3834: asks machines not to answer. */
const BY_MACHINE = { "Auto-Submitted": "auto-generated" };

const PRODUCT_NAME = "Denizen";
const PRODUCT_COLOR = "#0b6b58";

/**
 * What a request amounts to now. Null when there is nothing to send any more: the reader is gone or has no such role, wants no
 * email of the kind, or what it is about is done or canceled.
 */
export async function composeLetter(sender: Sender, request: EmailRequest): Promise<Letter | null> {
  const { system, tenant } = sender;
  if (request.message === "sign_up_code") return tenant ? null : await composeSignUpCode(sender, request);
  const reader = await findReader(system, request);
  if (!reader || !await mayWriteTo(tenant, reader, request.message)) return null;
  const category = categoryOf(request.message);
  if (category && !(await getEmailPreferences(system, reader.id))[category]) return null;

  const props = await CONTENTS[request.message](sender, reader, request as never);
  if (!props) return null;
  const isConfirmed = reader.emailVerifiedAt !== null;
  const speaksForTenant = isConfirmed && IN_THE_TENANTS_NAME.has(request.message);
  const inTenantsName = tenant && speaksForTenant ? tenant.tenant : null;
  return {
    message: request.message,
    props,
    to: { name: isConfirmed && isPlainName(reader.name) ? reader.name : "", address: reader.email },
    from: fromOf(system, inTenantsName),
    brand: brandOf(system, inTenantsName),
    ...choiceOf(sender, request, reader, category),
  };
}

async function composeSignUpCode(
  sender: Sender,
  { message, pendingSignUpId }: Extract<EmailRequest, { message: "sign_up_code" }>,
): Promise<Letter | null> {
  const content = await signUpCodeContent(sender, pendingSignUpId);
  return content && {
    message,
    props: content.props,
    to: { name: "", address: content.address },
    from: fromOf(sender.system, null),
    brand: brandOf(sender.system, null),
    footer: {
      reason: `You get this because someone entered this address to sign up for ${PRODUCT_NAME}.`,
      unsubscribeUrl: null,
      preferencesUrl: null,
    },
    headers: BY_MACHINE,
  };
}

async function findReader({ control }: SystemContext, request: ToUser): Promise<User | null> {
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

/** The address is always ours, and so is the name where the tenant's could pass for another sender. */
function fromOf({ services }: SystemContext, tenant: Tenant | null): NamedAddress {
  const { name, address } = services.config.emailFrom;
  const own = name || PRODUCT_NAME;
  if (!tenant || !isPlainSender(tenant.name, own)) return { name, address };
  return { name: `${tenant.name} via ${own}`, address };
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
  request: ToUser,
  reader: User,
  category: EmailCategory | null,
): Pick<Letter, "footer" | "headers"> {
  const reason = reasonOf(request, reader, tenant?.tenant.name);
  const headers = BY_MACHINE;
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

function reasonOf({ message }: ToUser, { emailVerifiedAt }: User, tenantName = ""): string {
  if (message === "invitation") return "You get this because someone invited this address to a workspace.";
  if (!TO_OWNERS.has(message)) {
    return `You get this because this address belongs to an account at ${PRODUCT_NAME}.`;
  }
  return emailVerifiedAt
    ? `You get this because you are an owner of ${tenantName}.`
    : "You get this because this address belongs to the owner of a workspace.";
}
