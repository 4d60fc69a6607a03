/** Prints the data folder, so that a task can name it in its permissions: `--allow-write=$(deno run deploy/scripts/data_dir.ts)`. */
const folder = Deno.env.get("DATA_DIR") || ".data";
Deno.stdout.writeSync(new TextEncoder().encode(folder));
