/** A webhook receiver in a process of its own: answers 204, and never answers `/hangs`. Prints its port. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const server = createServer((request, response) => {
  request.resume();
  request.on("end", () => {
    if (request.url !== "/hangs") response.writeHead(204).end();
  });
});
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  Deno.stdout.writeSync(new TextEncoder().encode(`${port}\n`));
});
