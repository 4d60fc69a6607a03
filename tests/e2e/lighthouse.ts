/** `deno task lighthouse`: prints Lighthouse's scores of the main pages, and fails if one is too low. */
import { openNorthwind } from "../support/northwind.ts";
import { PASSWORD, World } from "../support/world.ts";
import { launchBrowser } from "./browser.ts";
import { OWNER } from "./scene.ts";

const FOLDER = new URL("lighthouse/", import.meta.url);
/** The lowest accepted scores, in percent. */
const LIMITS = { performance: 95, accessibility: 100, "best-practices": 100, seo: 100 };
const MAX_TRIES = 3;

type Category = keyof typeof LIMITS;
type Target = { name: string; address: string; cookie: string };
type Audit = { id: string; title: string; score: number | null; displayValue?: string };
type Report = {
  categories: Record<Category, { score: number; auditRefs: { id: string; weight: number }[] }>;
  audits: Record<string, Audit>;
};

const CATEGORIES = Object.keys(LIMITS) as Category[];

const world = await World.open();
await openNorthwind(world);
const port = freePort();
const browser = await launchBrowser([`--remote-debugging-port=${port}`]);
let passed = true;
try {
  for (const target of await targets()) passed = await measure(target) && passed;
} finally {
  await browser.close();
}
if (!passed) Deno.exitCode = 1;
await world.endProcess();

/** Lighthouse controls Chromium through this port. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

async function targets(): Promise<Target[]> {
  const [apex, workspace] = [`http://${world.host()}`, `http://${world.host("northwind")}`];
  const person = world.browser();
  await person.post(`${workspace}/login`, { email: OWNER, password: PASSWORD });
  const cookie = person.cookieHeader(world.host("northwind"));
  return [
    { name: "landing", address: `${apex}/`, cookie: "" },
    { name: "sign-up", address: `${apex}/signup`, cookie: "" },
    { name: "dashboard", address: `${workspace}/dashboard`, cookie },
    { name: "projects", address: `${workspace}/projects`, cookie },
    { name: "team", address: `${workspace}/team`, cookie },
  ];
}

/** Prints a page's scores, and the failed audits of those that are too low. Returns whether there are none. */
async function measure(target: Target): Promise<boolean> {
  const report = await bestReport(target);
  const scores = CATEGORIES.map((category) => `${category} ${percent(report, category)}`);
  print(`${target.name.padEnd(10)} ${scores.join("  ")}`);
  const low = lowCategories(report);
  for (const { id, title, displayValue } of low.flatMap((category) => failedAudits(report, category))) {
    print(`  ${id}: ${displayValue ?? title}`);
  }
  return low.length === 0;
}

/** Measures again while only performance is low, because a busy machine makes every page look slow. */
async function bestReport(target: Target): Promise<Report> {
  let best = await audit(target);
  for (let tries = 1; tries < MAX_TRIES && lowCategories(best).join() === "performance"; tries++) {
    const next = await audit(target);
    if (percent(next, "performance") > percent(best, "performance")) best = next;
  }
  return best;
}

/** Lighthouse brings a hundred packages, so it has its own lockfile and is installed on first use. */
async function audit({ address, cookie }: Target): Promise<Report> {
  const { success, stdout } = await new Deno.Command("deno", {
    cwd: FOLDER,
    args: [
      ...["run", "--quiet", "--no-prompt", "--frozen", "-P=lighthouse", "npm:lighthouse", address],
      ...[`--port=${port}`, `--only-categories=${CATEGORIES.join()}`, "--output=json", "--quiet"],
      ...[
        `--extra-headers=${JSON.stringify(cookie ? { Cookie: cookie } : {})}`,
        "--no-enable-error-reporting",
      ],
      // Workspaces keep search engines out on purpose.
      ...(cookie ? ["--skip-audits=is-crawlable"] : []),
    ],
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`Lighthouse failed at ${address}.`);
  return JSON.parse(new TextDecoder().decode(stdout));
}

function lowCategories(report: Report): Category[] {
  return CATEGORIES.filter((category) => percent(report, category) < LIMITS[category]);
}

function percent({ categories }: Report, category: Category): number {
  return Math.round(categories[category].score * 100);
}

function failedAudits({ categories, audits }: Report, category: Category): Audit[] {
  return categories[category].auditRefs.filter(({ weight }) => weight > 0).map(({ id }) => audits[id]!)
    .filter(({ score }) => score !== null && score < 1);
}

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}
