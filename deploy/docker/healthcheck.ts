/** The image's HEALTHCHECK, because the image has neither curl nor a need for a shell. Exits with 0 if the process is ready. */

const port = Deno.env.get("METRICS_PORT") || Deno.env.get("PORT") || "8000";
const TIMEOUT_MS = 4_000;

const ready = await fetch(`http://127.0.0.1:${port}/ready`, { signal: AbortSignal.timeout(TIMEOUT_MS) })
  .then(({ ok }) => ok, () => false);
Deno.exit(ready ? 0 : 1);
