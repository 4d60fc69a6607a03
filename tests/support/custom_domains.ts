import { addCustomDomain, type CustomDomain, setPrimary } from "../../src/custom_domains/domains.ts";
import { verifyCustomDomain } from "../../src/custom_domains/verification.ts";
import type { Browser, Page } from "./browser.ts";
import { Zone } from "./sending_domains.ts";
import type { Company, World } from "./world.ts";

/** A domain of the company that answers. */
export async function liveDomain(zone: Zone, { ctx }: Company, domain: string): Promise<CustomDomain> {
  const { id, record } = await addCustomDomain(ctx, { domain });
  zone.create([record]);
  return await verifyCustomDomain(ctx, id);
}

/** A domain of the company that links use. */
export async function primaryDomain(zone: Zone, company: Company, domain: string): Promise<CustomDomain> {
  const { id } = await liveDomain(zone, company, domain);
  return await setPrimary(company.ctx, id, { primary: true });
}

/** The host of a custom domain in this world. */
export function hostOf({ port }: World, domain: string): string {
  return `${domain}:${port}`;
}

/** Opens a page, and follows a page that sends the browser on, as browsers do. */
export async function visit(browser: Browser, address: string): Promise<Page> {
  const page = await browser.get(address);
  const [, onward] = /^0; url=(.+)$/.exec(String(page.headers.refresh ?? "")) ?? [];
  return onward ? await browser.get(onward) : page;
}

/** A live domain, one whose record has gone missing, and one that waits for DNS. */
export async function showCustomDomains(world: World, company: Company): Promise<{ failingId: string }> {
  const zone = Zone.of(world);
  const { ctx, tenant: { subdomain } } = company;
  await liveDomain(zone, company, `app.${subdomain}.example`);
  const { id: failingId } = await liveDomain(zone, company, `portal.${subdomain}.example`);
  zone.set("TXT", `_domain-verification.portal.${subdomain}.example`, "v=spf1 -all");
  await verifyCustomDomain(ctx, failingId);
  await addCustomDomain(ctx, { domain: `team.${subdomain}.example` });
  return { failingId };
}
