/** `deno task dev` runs this again after every change: builds the style sheet, then starts the server. */
import { updateCss } from "../../views/build_css.ts";

await updateCss();
await import("../../src/main.ts");
