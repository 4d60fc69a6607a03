import { TENANTS } from "../../src/tenancy/tenant_directory.ts";
import type { Fleet } from "./fleet.ts";
import { type Figure, median, timed, within } from "./measure.ts";
import { openSystem } from "./services.ts";

const NAMES = 1_000;
const ROUNDS = 51;

/** Finds the tenant of a recently requested host. */
export async function benchDirectory({ db, schemas }: Fleet): Promise<Figure[]> {
  const { services } = await openSystem(db);
  const directory = services.use(TENANTS);
  const names = Array.from({ length: Math.min(NAMES, schemas.length) }, (_, place) => `company-${place + 1}`);
  const known = new Map<string, unknown>();
  for (const name of names) known.set(name, await directory.findBySubdomain(name));
  const [cached, bare]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of names) await directory.findBySubdomain(name); // expired entries are loaded again
    cached.push(await microsecondsOfEach(names, (name) => directory.findBySubdomain(name)));
    bare.push(await microsecondsOfEach(names, (name) => Promise.resolve(known.get(name))));
  }
  await services.close();
  return [
    within("host to tenant from cache; from a Map", "µs", median(cached), median(bare), { below: 20 }),
  ];
}

async function microsecondsOfEach(
  names: string[],
  find: (name: string) => Promise<unknown>,
): Promise<number> {
  const milliseconds = await timed(async () => {
    for (const name of names) await find(name);
  });
  return milliseconds / names.length * 1_000;
}
