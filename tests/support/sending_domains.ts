import { DNS } from "../../src/sending_domains/dns.ts";
import type { DnsRecord } from "../../src/sending_domains/records.ts";
import { setSendingDomain } from "../../src/sending_domains/sending_domains.ts";
import { verifySendingDomain } from "../../src/sending_domains/checks.ts";
import type { Company, World } from "./world.ts";

/** The DNS that the product asks, until the test ends. */
export class Zone {
  readonly #records = new Map<string, string[]>();
  /** Whether DNS answers at all. */
  isUp = true;
  /** What answers wait for. */
  #wait = () => Promise.resolve();

  private constructor() {}

  static of({ services }: World): Zone {
    const zone = new Zone();
    services.use(DNS).resolve = async (name, type) => {
      if (!zone.isUp) throw new Error("timeout");
      const answers = zone.#records.get(`${type} ${name}`) ?? [];
      await zone.#wait();
      return answers;
    };
    return zone;
  }

  set(type: DnsRecord["type"], name: string, ...values: string[]): void {
    this.#records.set(`${type} ${name}`, values);
  }

  /** Creates the records as the page shows them. */
  create(records: Pick<DnsRecord, "type" | "name" | "value">[]): void {
    for (const { type, name, value } of records) this.set(type, name, value);
  }

  /** Answers the questions of `slow` only once `quick`, which comes later, is done. */
  async overtake(slow: () => Promise<unknown>, quick: () => Promise<unknown>): Promise<void> {
    const [asked, answered] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const promptly = this.#wait;
    this.#wait = () => {
      asked.resolve();
      return answered.promise;
    };
    const late = slow();
    await asked.promise;
    this.#wait = promptly;
    await quick();
    answered.resolve();
    await late;
  }

  clear(): void {
    this.#records.clear();
  }

  /** The same records for a library that resolves as Node does. */
  resolver = (name: string, type: string): Promise<string[][]> => {
    const found = this.#records.get(`${type} ${name}`);
    if (found) return Promise.resolve(found.map((text) => [text]));
    return Promise.reject(Object.assign(new Error(name), { code: "ENOTFOUND" }));
  };
}

/** A company whose domain is verified. */
export async function verifiedDomain(zone: Zone, { ctx }: Company, domain = "acme.example", sender = "news") {
  const { records } = await setSendingDomain(ctx, { domain, sender });
  zone.create(records);
  return await verifySendingDomain(ctx);
}

/** A verified domain without a policy yet, and with another record for its bounces. */
export async function showSendingDomain(world: World, { ctx, tenant }: Company): Promise<void> {
  const zone = Zone.of(world);
  const domain = `${tenant.subdomain}.example`;
  const { records } = await setSendingDomain(ctx, { domain, sender: "news" });
  zone.create(records.filter(({ purpose }) => purpose === "dkim" || purpose === "spf"));
  zone.set("MX", `bounces.${domain}`, "10 mx.mailhost.example");
  await verifySendingDomain(ctx);
}
