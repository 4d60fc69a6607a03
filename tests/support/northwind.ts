import type { Role } from "../../src/access/permissions.ts";
import { recordCounters, recordGauges } from "../../src/analytics/daily_metrics.ts";
import { dayOf } from "../../src/analytics/days.ts";
import type { User } from "../../src/identity/users.ts";
import { after, DAY, HOUR, MINUTE } from "../../src/platform/clock.ts";
import { createProject, updateProject } from "../../src/projects/projects.ts";
import type { Company, World } from "./world.ts";

/** The people of Northwind, with the day on which they join. The first one owns the workspace. */
const PEOPLE = {
  imogen: { name: "Imogen Ferreira", role: "owner", day: 0 },
  tomas: { name: "Tomás Lindqvist", role: "admin", day: 0 },
  amal: { name: "أمل الخطيب", role: "member", day: 1 },
  jae: { name: "Jae-won Park", role: "member", day: 2 },
  amara: { name: "Amara Okafor", role: "member", day: 9 },
  noor: { name: "Noor Haddad", role: "member", day: 14 },
  lucia: { name: "Lucía Fernández", role: "viewer", day: 21 },
  oskar: { name: "Oskar Nyström", role: "viewer", day: 26 },
} as const satisfies Record<string, { name: string; role: Role; day: number }>;

type PersonKey = keyof typeof PEOPLE;
type Planned = { name: string; description: string; owner: PersonKey; age: number; archivedAge?: number };

const KEYS = Object.keys(PEOPLE) as PersonKey[];
const DAYS = 30;
/** From the first morning to the last afternoon. */
const MONTH = (DAYS - 1) * DAY + 5 * HOUR + 20 * MINUTE;
/** From 09:00, when the world's clock starts, to the nightly jobs. */
const UNTIL_NIGHT = 14 * HOUR + 30 * MINUTE;

/** The projects from the newest to the oldest, each with its age, and how long ago it was archived. */
const PROJECTS: Planned[] = [
  project("Spring collection", "Lookbook, samples and shoot", "tomas", 2 * MINUTE),
  project("Warehouse move", "Racking plan for the new site", "imogen", 64 * MINUTE),
  project("ترميم بيت الضيافة", "رفع مساحي وواجهات", "amal", 3 * HOUR),
  project("Q4 price review", "", "tomas", 26 * HOUR),
  project("Website relaunch", "Content freeze on December 4", "jae", 5 * DAY),
  project("Supplier audit 2026", "Visits in Porto and Lyon", "imogen", 8 * DAY),
  project("Returns portal", "Self-service labels", "jae", 10 * DAY),
  project("Trade fair Milan", "Booth, travel, leads", "amara", 12 * DAY),
  project("Packaging without plastic", "Samples from three suppliers", "noor", 13 * DAY),
  project("Customer survey", "Forty interviews in five countries", "amara", 14 * DAY),
  project("Loyalty program", "Points, tiers and a first campaign", "noor", 15 * DAY),
  project("Annual report 2025", "Figures, letter and print run", "imogen", 16 * DAY, 70 * MINUTE),
  project("Mobile checkout", "Two taps from cart to paid", "jae", 17 * DAY),
  project("Store in Gothenburg", "Lease, fit-out and opening week", "tomas", 18 * DAY),
  project("Hiring: two designers", "Portfolio reviews until the 20th", "imogen", 19 * DAY),
  project("Winter clearance", "Prices, banners and emails", "amara", 20 * DAY, 6 * DAY),
  project("Data protection review", "Records of processing, updated", "tomas", 22 * DAY),
  project("Photo archive", "Tag and move 12,000 pictures", "amal", 23 * DAY),
  project("Carrier tender", "Four offers, decision in March", "imogen", 24 * DAY),
  project("Gift cards", "", "jae", 25 * DAY, 11 * DAY),
  project("Showroom lighting", "Measure, order, install", "amal", 26 * DAY),
  project("Price tags with QR codes", "Pilot in one store", "jae", 27 * DAY),
  project("Inventory count", "Every shelf, twice", "imogen", 28 * DAY, 21 * DAY),
  project("Welcome kit for new colleagues", "Laptop, keys, first week", "tomas", 29 * DAY),
];

export type Northwind = {
  company: Company;
  people: Record<PersonKey, User>;
  /** The ids of the projects by name. */
  projects: Map<string, string>;
};

/** Something that happened `age` milliseconds ago. */
type Act = { age: number; run(northwind: Northwind): Promise<unknown> };

/**
 * A workspace after a month of work: eight people, their projects, and API calls on every day. Moves the world's clock to the
 * end of that month.
 */
export async function openNorthwind(world: World, name = "Northwind"): Promise<Northwind> {
  const people = await addPeople(world);
  const company = await world.company("northwind", name, people.imogen);
  const northwind: Northwind = { company, people, projects: new Map() };
  const end = after(world.clock.now(), MONTH);
  const acts = [...joining(world), ...working(world), ...measuring(world)];
  for (const { age, run } of acts.sort((one, other) => other.age - one.age)) {
    world.clock.advance(after(end, -age).getTime() - world.clock.now().getTime());
    await run(northwind);
  }
  return northwind;
}

async function addPeople(world: World): Promise<Record<PersonKey, User>> {
  const people: Partial<Record<PersonKey, User>> = {};
  for (const key of KEYS) people[key] = await world.user(addressOf(key), PEOPLE[key].name);
  return people as Record<PersonKey, User>;
}

function joining(world: World): Act[] {
  return KEYS.slice(1).map((key) => ({
    age: MONTH - PEOPLE[key].day * DAY,
    run: ({ company }) => world.member(company, addressOf(key), PEOPLE[key].role),
  }));
}

function working(world: World): Act[] {
  return PROJECTS.flatMap(({ name, description, owner, age, archivedAge }) => {
    const create: Act["run"] = async ({ company, people, projects }) => {
      const ctx = world.acting(company.tenant, people[owner], PEOPLE[owner].role);
      const { id } = await createProject(ctx, { name, description, status: "active" });
      projects.set(name, id);
    };
    const archive: Act["run"] = ({ company, projects }) =>
      updateProject(company.ctx, projects.get(name)!, { status: "archived" });
    return [{ age, run: create }, ...archivedAge === undefined ? [] : [{ age: archivedAge, run: archive }]];
  });
}

/** What the nightly jobs do, and today's figures until now. */
function measuring(world: World): Act[] {
  return Array.from({ length: DAYS }, (_, day) => ({
    age: Math.max(0, MONTH - day * DAY - UNTIL_NIGHT),
    run: async ({ company }) => {
      const now = world.clock.now();
      await world.apiCalls(company, dayOf(now), callsOn(day));
      await recordGauges(company.ctx);
      await recordCounters(company.ctx, dayOf(after(now, -DAY)));
    },
  }));
}

/** More on weekdays than on weekends, growing slowly, and half a day's worth today. */
function callsOn(day: number): number {
  const isWeekend = day % 7 >= 5;
  const full = (isWeekend ? 5_200 : 9_800) + day * 110 + (day * 2_654_435_761 % 4_096);
  return day === DAYS - 1 ? Math.round(full / 2) : full;
}

function project(name: string, description: string, owner: PersonKey, age: number, archivedAge?: number) {
  return { name, description, owner, age, archivedAge };
}

function addressOf(key: PersonKey): string {
  return `${key}@northwind.example`;
}
