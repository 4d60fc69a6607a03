/** What `deno task dev` starts again on every change: the style sheet as the views are now, then the server. */
import { updateCss } from "../../views/build_css.ts";

await updateCss();
await import("../../src/main.ts");
