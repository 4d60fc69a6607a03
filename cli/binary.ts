/** The entry point of `deno task compile`: the CLI with every module it loads late. */
import "./bundled_modules.ts";
import { run } from "./main.ts";

Deno.exit(await run(Deno.args));
