/** The CLI of a later version of the product: see later_version.ts. */
import { run } from "../../cli/main.ts";
import { becomeLaterVersion } from "./later_version.ts";

await becomeLaterVersion();
Deno.exit(await run(Deno.args));
