const CHECK_EVERY_MILLISECONDS = 250;

/**
 * nginx in front of several servers, as a process of its own. Like an orchestrator's load balancer, it sends requests only to servers
 * whose `/ready` says so: a check every 250 milliseconds rewrites nginx's list.
 */
export class Nginx implements AsyncDisposable {
  readonly port: number;
  readonly #folder: string;
  readonly #servers: Set<number>;
  #ready: number[];
  #process: Deno.ChildProcess | undefined;
  #isClosed = false;
  readonly #checking: Promise<void>;

  private constructor(port: number, folder: string, servers: number[]) {
    this.port = port;
    this.#folder = folder;
    this.#servers = new Set(servers);
    this.#ready = servers;
    this.#checking = this.#checkAll();
  }

  /** The servers are on these ports of this machine, and ready. */
  static async start(port: number, servers: number[]): Promise<Nginx> {
    const folder = await Deno.makeTempDir({ dir: "/tmp", prefix: "denizen-nginx-" });
    const nginx = new Nginx(port, folder, servers);
    await nginx.#writeConfig();
    const args = ["-p", folder, "-c", `${folder}/nginx.conf`];
    nginx.#process = new Deno.Command("nginx", { args, stdin: "null", stdout: "null", stderr: "null" })
      .spawn();
    while (
      !await fetch(`http://127.0.0.1:${port}/ready`).then(
        (answer) => answer.body?.cancel().then(() => true),
        () => false,
      )
    ) {
      await pause(50);
    }
    return nginx;
  }

  add(server: number): void {
    this.#servers.add(server);
  }

  async #checkAll(): Promise<void> {
    while (!this.#isClosed) {
      await pause(CHECK_EVERY_MILLISECONDS);
      if (!this.#process) continue;
      const ready: number[] = [];
      await Promise.all([...this.#servers].map(async (port) => {
        if (await isReady(port)) ready.push(port);
      }));
      ready.sort();
      if (ready.length === 0 || String(ready) === String(this.#ready.toSorted())) continue;
      this.#ready = ready;
      await this.#writeConfig();
      this.#process.kill("SIGHUP");
    }
  }

  async #writeConfig(): Promise<void> {
    await Deno.writeTextFile(`${this.#folder}/nginx.conf`, config(this.#folder, this.port, this.#ready));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    await this.#checking;
    this.#process!.kill("SIGTERM");
    await this.#process!.status;
    await Deno.remove(this.#folder, { recursive: true });
  }
}

function config(folder: string, port: number, servers: number[]): string {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((kind) =>
    `  ${kind}_temp_path ${folder}/${kind};`
  );
  return `daemon off;
user root;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log warn;
worker_processes 1;
events { worker_connections 1024; }
http {
  access_log off;
${temporary.join("\n")}
  upstream denizen {
${servers.map((each) => `    server 127.0.0.1:${each};`).join("\n")}
    keepalive 32;
    keepalive_timeout 60s;
  }
  server {
    listen 127.0.0.1:${port};
    keepalive_requests 1000000;
    location / {
      proxy_pass http://denizen;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    }
  }
}
`;
}

async function isReady(port: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/ready`);
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((done) => setTimeout(done, milliseconds));
}
