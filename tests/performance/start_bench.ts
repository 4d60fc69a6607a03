import { openTestDatabase } from "../support/database.ts";
import { ServerProcess } from "../support/process.ts";
import { type Figure, median, under } from "./measure.ts";

const ROUNDS = 5;

/** From the start of the process to its first response. */
export async function benchStart(): Promise<Figure[]> {
  const folder = await Deno.makeTempDir({ prefix: "denizen-bench-" });
  const database = await openTestDatabase();
  try {
    const first = await startOnce({ DATA_DIR: folder });
    const embedded = await startOften({ DATA_DIR: folder });
    const server = await startOften(database.variables);
    return [
      under("very first start, embedded", "s", first, 6),
      under("start on an existing embedded database", "s", embedded, 1.2),
      under("start on PostgreSQL", "s", server, 0.7),
    ];
  } finally {
    await database.close();
    await Deno.remove(folder, { recursive: true });
  }
}

async function startOften(variables: Record<string, string>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) times.push(await startOnce(variables));
  return median(times);
}

async function startOnce(variables: Record<string, string>): Promise<number> {
  const started = performance.now();
  const server = await ServerProcess.start(variables);
  await server.ready();
  const seconds = (performance.now() - started) / 1_000;
  await server.stop();
  return seconds;
}
