/** The server of a later version of the product, with one more migration: see later_version.ts. */
import { becomeLaterVersion } from "./later_version.ts";

await becomeLaterVersion();
await import("../../src/main.ts");
