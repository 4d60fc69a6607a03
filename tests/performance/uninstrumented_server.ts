/** The server without metrics of requests, to measure what they cost. LOG_LEVEL turns the log off. */
import { Metrics } from "../../src/platform/metrics.ts";

Metrics.prototype.requestEnded = () => {};
await import("./unlimited_server.ts");
