/** What `deno task compile` makes one binary of: the CLI with all that it may load. */
import "./bundled_modules.ts";
import { run } from "./main.ts";

Deno.exit(await run(Deno.args));
