/** Prints how many test files run at once: one more than there are cores, because some tests wait. */
Deno.stdout.writeSync(new TextEncoder().encode(String(navigator.hardwareConcurrency + 1)));
