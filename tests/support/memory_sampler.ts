/** Prints the resident memory of a process in megabytes, every 20 ms, until it is killed. Reading /proc requires all permissions. */
const path = `/proc/${Deno.args[0]}/status`;
setInterval(() => {
  const [, kilobytes] = /VmRSS:\s+(\d+) kB/.exec(Deno.readTextFileSync(path)) ?? [];
  Deno.stdout.writeSync(new TextEncoder().encode(`${Math.round(Number(kilobytes) / 1024)}\n`));
}, 20);
