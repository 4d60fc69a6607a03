/** psql, which only sends SQL: the baseline for the product. */

/** Runs each script as one batch, all in one session. Returns psql's timing of each in milliseconds. */
export async function timeBatches(url: string, scripts: string[]): Promise<number[]> {
  const text = await run([url, "-c", "\\timing on", ...scripts.flatMap((script) => ["-c", script])]);
  return [...text.matchAll(/^Time: ([\d.]+) ms/gm)].map(([, time]) => Number(time));
}

/** Runs the files in parallel, one session each. */
export async function runFiles(url: string, files: string[]): Promise<void> {
  await Promise.all(files.map((file) => run([url, "-f", file])));
}

async function run(args: string[]): Promise<string> {
  const command = new Deno.Command("psql", { args: ["-q", "-v", "ON_ERROR_STOP=1", ...args], stdin: "null" });
  const { code, stdout, stderr } = await command.output();
  if (code !== 0) throw new Error(`psql failed:\n${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}
