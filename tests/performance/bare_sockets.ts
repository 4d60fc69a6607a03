/** The baseline of a live feed: a server whose only work is to accept WebSockets. Prints its port. */
const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
  return Deno.upgradeWebSocket(request).response;
});
Deno.stdout.writeSync(new TextEncoder().encode(`${server.addr.port}\n`));
