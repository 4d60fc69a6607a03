import { eq } from "drizzle-orm";
import { contacts } from "../../db/tenant/schema/contacts.ts";
import type { SystemActor } from "../access/actor.ts";
import { type SystemContext, tenantContext } from "../context.ts";
import { suppress } from "../email/suppression.ts";
import { badRequest } from "../errors.ts";
import { enqueue } from "../outbox/outbox.ts";
import { logOf } from "../platform/log.ts";
import { problem } from "../platform/problem.ts";
import { TENANTS } from "../tenancy/tenant_directory.ts";
import { bounce } from "./bounce_reader.ts";
import { readDeliveryReport } from "./delivery_report.ts";
import { isSignedFor, type ReturnPath } from "./return_path.ts";

const RETURN_ADDRESS_UNKNOWN = problem(
  "return_address_unknown",
  "This email came to none of our return addresses.",
);

const log = logOf("email");

/**
 * Reads an email that came to a return address. If it reports a permanent failure, the contact's address gets no more campaigns of the
 * tenant, and all other email: the tenant's DNS learns the return address, so the report may be the tenant's own. Anything else, such
 * as an out-of-office reply, changes nothing. Throws `bad_request` if we didn't make the return address for that contact.
 */
export async function receiveBounce(ctx: SystemContext<SystemActor>, raw: Uint8Array): Promise<void> {
  const report = await readDeliveryReport(raw);
  const address = report && await findAddressee(ctx, report.returnPath);
  if (!report || !address) {
    log.warn("an email to an unknown return address was refused", { requestId: ctx.requestId });
    throw badRequest(RETURN_ADDRESS_UNKNOWN);
  }
  const { failure, emailId, returnPath: { contactId, tenantId } } = report;
  if (!failure) return;
  await suppress(ctx, { address, reason: "bounce", detail: failure.detail, tenantId });
  await ctx.tx(async (tx) => {
    for (const reader of ctx.services.bounceReaders) {
      await enqueue(ctx, tx, { ...reader, payload: bounce }, { contactId, emailId, ...failure }, {
        tenantId,
      });
    }
  });
  log.info("email bounced", { tenantId, emailId, status: failure.status, requestId: ctx.requestId });
}

/** The contact's address. Null if the tenant or the contact is gone, or if the return address isn't signed for that address. */
async function findAddressee(
  { services, actor, requestId }: SystemContext<SystemActor>,
  path: ReturnPath,
): Promise<string | null> {
  const tenant = await services.use(TENANTS).findById(path.tenantId);
  if (!tenant) return null;
  const [[contact]] = await tenantContext(services, tenant, actor, requestId).read((tx) => [
    tx.select({ email: contacts.email }).from(contacts).where(eq(contacts.id, path.contactId)),
  ]);
  return contact && isSignedFor(services, path, contact.email) ? contact.email : null;
}
