import { callsOn, DAYS, PEOPLE, type PersonKey, PROJECTS } from "../../cli/demo/northwind.ts";
import { recordCounters, recordGauges } from "../../src/analytics/daily_metrics.ts";
import { dayOf } from "../../src/analytics/days.ts";
import type { User } from "../../src/identity/users.ts";
import { after, DAY, HOUR, MINUTE } from "../../src/platform/clock.ts";
import { createProject, updateProject } from "../../src/projects/projects.ts";
import type { Company, World } from "./world.ts";

const KEYS = Object.keys(PEOPLE) as PersonKey[];
/** From the first morning to the last afternoon. */
const MONTH = (DAYS - 1) * DAY + 5 * HOUR + 20 * MINUTE;
/** From 09:00, when the world's clock starts, to the nightly jobs. */
const UNTIL_NIGHT = 14 * HOUR + 30 * MINUTE;

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

function addressOf(key: PersonKey): string {
  return `${key}@northwind.example`;
}
