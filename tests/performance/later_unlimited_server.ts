/** The server of a later version, with one more migration, without the plans' limits on API requests. */
import { becomeLaterVersion } from "../support/later_version.ts";

await becomeLaterVersion();
await import("./unlimited_server.ts");
