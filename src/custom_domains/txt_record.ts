/** The DNS record that proves that a tenant controls a domain. */
export type TxtRecord = { type: "TXT"; name: string; value: string };

const LABEL = "_domain-verification";

export function txtRecordOf({ domain, token }: { domain: string; token: string }): TxtRecord {
  return { type: "TXT", name: `${LABEL}.${domain}`, value: `domain-verification=${token}` };
}
