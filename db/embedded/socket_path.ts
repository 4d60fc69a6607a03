import { createConnection } from "node:net";
import { join, resolve } from "node:path";
import { requireAccess } from "../../src/platform/data_folder.ts";

const MAX_SOCKET_PATH_BYTES = 100; // sockaddr_un has room for 108, or 104 on some systems
const SOCKET_NAME = ".s.PGSQL.5432";

/** The path of the socket, with the name that `psql -h <data folder>` expects. Throws if the path is too long for the system. */
export function socketPathOf(dataDir: string): string {
  const path = join(resolve(dataDir), SOCKET_NAME);
  if (new TextEncoder().encode(path).length > MAX_SOCKET_PATH_BYTES) {
    throw new Error(
      `DATA_DIR is too long for a Unix socket: "${path}" must have at most ${MAX_SOCKET_PATH_BYTES} bytes.`,
    );
  }
  return path;
}

/** Whether a server is running on this data folder. */
export async function isServed(dataDir: string): Promise<boolean> {
  await requireAccess(dataDir);
  return await new Promise((done) => {
    const socket = createConnection({ path: socketPathOf(dataDir) });
    socket.once("connect", () => (socket.destroy(), done(true)));
    socket.once("error", () => done(false));
  });
}
