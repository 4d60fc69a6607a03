/** Contacts and campaigns, and the emails that a real server received. */
import { createCampaign, type NewCampaign, newCampaign } from "../../src/campaigns/campaigns.ts";
import { changePostalAddress } from "../../src/campaigns/settings.ts";
import type { TenantContext } from "../../src/context.ts";

export { addContacts } from "../../cli/demo/campaigns.ts";

export const POSTAL_ADDRESS = "Acme Ltd, 1 Main Street, Springfield";

/** A draft that is ready to be sent to everybody. */
export async function readyCampaign(ctx: TenantContext, values: Partial<NewCampaign> = {}) {
  await changePostalAddress(ctx, { postalAddress: POSTAL_ADDRESS });
  return await createCampaign(
    ctx,
    newCampaign.parse({ name: "News", subject: "Our news", body: "Hello there", ...values }),
  );
}
