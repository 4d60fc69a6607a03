import { Browser } from "./browser.ts";
import { newDataFolder } from "./database.ts";
import { ServerProcess } from "./process.ts";

export const ACCOUNT = { email: "ada@acme.example", password: "correct horse battery" };

/** A server process on the embedded database, with one account. */
export class StormServer implements AsyncDisposable {
  private constructor(readonly server: ServerProcess, readonly folder: string) {}

  static async start(): Promise<StormServer> {
    const folder = await newDataFolder();
    const server = await ServerProcess.start({ DATA_DIR: folder, LOG_LEVEL: "error" });
    await server.ready();
    const form = { ...ACCOUNT, company_name: "Acme", subdomain: "acme", name: "Ada" };
    await new Browser(server.port).post(`http://localhost:${server.port}/signup`, form);
    return new StormServer(server, folder);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.stop("SIGKILL");
    await Deno.remove(this.folder, { recursive: true });
  }
}
