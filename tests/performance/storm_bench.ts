import { storm } from "../support/sign_in_storm.ts";
import { ACCOUNT, Installation } from "./installation.ts";
import { type Figure, percentile, under } from "./measure.ts";

const SIGN_INS = 200;
/** Two hashes of 46 MiB and the connections. */
const MOST_MEMORY_GROWTH = 200;
const SLOWEST_HEALTH = 100;
const LONGEST_WAIT = 12;

/** 200 users sign in at the same time. */
export async function benchStorm(): Promise<Figure[]> {
  await using installation = await Installation.open();
  const { memory, calm, health, last, statuses } = await storm(installation.server, ACCOUNT, SIGN_INS);
  const answers = Object.entries(statuses).map(([status, count]) => `${count} × ${status}`).join(", ");
  return [
    under("200 sign-ins at once: memory growth", "MB", memory.peak - memory.before, MOST_MEMORY_GROWTH),
    under(
      `200 sign-ins at once: /health p99 (calm: ${Math.round(percentile(calm, 0.99))} ms)`,
      "ms",
      percentile(health, 0.99),
      SLOWEST_HEALTH,
    ),
    under(`200 sign-ins at once: time of the last (${answers})`, "s", last / 1_000, LONGEST_WAIT),
  ];
}
