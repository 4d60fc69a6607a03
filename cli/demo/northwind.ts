import type { Company } from "./companies.ts";
import type { Role } from "../../src/access/permissions.ts";
import { DAY, HOUR, MINUTE } from "../../src/platform/clock.ts";

/** The people of Northwind, with the day on which they join. The first one owns the workspace. */
export const PEOPLE = {
  imogen: { name: "Imogen Ferreira", role: "owner", day: 0 },
  tomas: { name: "Tomás Lindqvist", role: "admin", day: 0 },
  amal: { name: "أمل الخطيب", role: "member", day: 1 },
  jae: { name: "Jae-won Park", role: "member", day: 2 },
  amara: { name: "Amara Okafor", role: "member", day: 9 },
  noor: { name: "Noor Haddad", role: "member", day: 14 },
  lucia: { name: "Lucía Fernández", role: "viewer", day: 21 },
  oskar: { name: "Oskar Nyström", role: "viewer", day: 26 },
} as const satisfies Record<string, { name: string; role: Role; day: number }>;

export type PersonKey = keyof typeof PEOPLE;
export type Planned = {
  name: string;
  description: string;
  owner: PersonKey;
  age: number;
  archivedAge?: number;
};

/** How long the month of work lasts, in days. */
export const DAYS = 30;

/** The projects from the newest to the oldest, each with its age, and how long ago it was archived. */
export const PROJECTS: Planned[] = [
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

/** More on weekdays than on weekends, growing slowly, and half a day's worth today. */
export function callsOn(day: number): number {
  const isWeekend = day % 7 >= 5;
  const full = (isWeekend ? 5_200 : 9_800) + day * 110 + (day * 2_654_435_761 % 4_096);
  return day === DAYS - 1 ? Math.round(full / 2) : full;
}

function project(name: string, description: string, owner: PersonKey, age: number, archivedAge?: number) {
  return { name, description, owner, age, archivedAge };
}

/** The same people and projects as a company of the demo. */
export const NORTHWIND: Company = {
  name: "Northwind",
  subdomain: "northwind",
  people: Object.entries(PEOPLE).map(([key, { name, role }]) => ({
    name,
    email: `${key}@northwind.example`,
    role,
  })) as Company["people"],
  projects: PROJECTS.toReversed().map(({ name, description }) => [name, description]),
};
