import { createConnection } from "node:net";
import { join, resolve } from "node:path";
import { requireAccess } from "../../src/platform/data_folder.ts";

const MAX_SOCKET_PATH_BYTES = 100; // sockaddr_un holds 108, some systems 104
const SOCKET_NAME = ".s.PGSQL.5432";

/** The socket's path: also `psql -h <data folder>` finds it by this name. Throws if the system can't hold a path as long. */
export function socketPathOf(dataDir: string): string {
  const path = join(resolve(dataDir), SOCKET_NAME);
  if (new TextEncoder().encode(path).length > MAX_SOCKET_PATH_BYTES) {
    throw new Error(
      `DATA_DIR is too long for a Unix socket: "${path}" may have ${MAX_SOCKET_PATH_BYTES} bytes at most.`,
    );
  }
  return path;
}

/** Whether a server holds this data folder now. */
export async function isServed(dataDir: string): Promise<boolean> {
  await requireAccess(dataDir);
  return await new Promise((answer) => {
    const socket = createConnection({ path: socketPathOf(dataDir) });
    socket.once("connect", () => (socket.destroy(), answer(true)));
    socket.once("error", () => answer(false));
  });
}
