import type { StoredFindings } from "../../db/control/schema/sending_domains.ts";
import type { Config } from "../config.ts";

/** What a DNS record is for. Only `dkim` is needed to send. */
export type RecordPurpose = keyof StoredFindings;
export type RecordState = "found" | "missing" | "different";

/** A DNS record to create. `found` is what its name had at the last check. */
export type DnsRecord = {
  purpose: RecordPurpose;
  type: "TXT" | "MX";
  name: string;
  value: string;
  state: RecordState;
  found: string[];
};

type Published = { domain: string; selector: string; publicKey: string };

const RETURN_LABEL = "bounces";
const MX_PRIORITY = 10;

/** The host of the domain that bounces go to, so that SPF is aligned with From. */
export function returnHostOf(domain: string): string {
  return `${RETURN_LABEL}.${domain}`;
}

/** The records of a domain and what was found of each. Those for bounces only if something receives bounces. */
export function recordsOf(
  domain: Published,
  { emailReturnHost }: Pick<Config, "emailReturnHost">,
  findings: StoredFindings,
): DnsRecord[] {
  const wanted = [
    dkimRecord(domain),
    ...(emailReturnHost ? bounceRecords(domain, emailReturnHost) : []),
    { purpose: "dmarc", type: "TXT", name: `_dmarc.${domain.domain}`, value: "v=DMARC1; p=none" },
  ] as const;
  return wanted.map((record) => {
    const found = findings[record.purpose] ?? [];
    return { ...record, found, state: found.length === 0 ? "missing" : matches(record, found) };
  });
}

function dkimRecord({ domain, selector, publicKey }: Published) {
  const name = `${selector}._domainkey.${domain}`;
  return { purpose: "dkim", type: "TXT", name, value: `v=DKIM1; k=rsa; p=${publicKey}` } as const;
}

function bounceRecords({ domain }: Published, host: string) {
  const name = returnHostOf(domain);
  return [
    { purpose: "mx", type: "MX", name, value: `${MX_PRIORITY} ${host}` },
    { purpose: "spf", type: "TXT", name, value: `v=spf1 include:${host} ~all` },
  ] as const;
}

/**
 * A record may say more than was asked for, such as a stricter DMARC policy. SPF asks our host before others and has no macros:
 * `%{l}` sends the return address, which only the mail server may know, to a host of the tenant's choice.
 */
function matches(
  { purpose, value }: Pick<DnsRecord, "purpose" | "value">,
  found: readonly string[],
): RecordState {
  const isMatch = {
    dkim: () => found.length === 1 && publicKeyIn(found[0]!) === publicKeyIn(value),
    dmarc: () =>
      found.length === 1 && /^v=DMARC1\s*;(.*;)?\s*p=(none|quarantine|reject)\s*(;|$)/i.test(found[0]!),
    mx: () => found.length === 1 && targetOf(found[0]!) === targetOf(value),
    spf: () =>
      found.length === 1 && !found[0]!.includes("%") && firstHostIn(found[0]!) === firstHostIn(value),
  }[purpose];
  return isMatch() ? "found" : "different";
}

/** The key in a DKIM record. An empty one revokes it (RFC 6376 section 3.6.1). */
function publicKeyIn(record: string): string | null {
  const tags = record.split(";").map((tag) => tag.replaceAll(/\s/g, ""));
  const isRsa = tags.every((tag) => !/^k=/i.test(tag) || tag.toLowerCase() === "k=rsa");
  return isRsa ? tags.find((tag) => tag.startsWith("p="))?.slice("p=".length) ?? null : null;
}

/** The first mechanism of an SPF record that asks DNS. */
function firstHostIn(record: string): string | undefined {
  return record.toLowerCase().split(/\s+/).slice(1).find((term) => !/^[+?~-]?ip[46]:/.test(term));
}

function targetOf(exchange: string): string {
  return exchange.toLowerCase().replace(/^\d+\s+/, "").replace(/\.$/, "");
}
