/** Converts a PostgreSQL address to the options of each driver: `postgres` for queries, and `pg` for graphile-worker. */
import { createConnection } from "node:net";
import type { ConnectionOptions } from "node:tls";
import type { PoolConfig } from "pg";
import type postgres from "postgres";
import { type DatabaseUrl, parseDatabaseUrl } from "./database_url.ts";

type PostgresOptions = postgres.Options<Record<string, never>>;

const SSL_REQUEST = [0, 0, 0, 8, 4, 210, 22, 47];
const YES = "S".charCodeAt(0);
const PROBE_TIMEOUT_MILLISECONDS = 5_000;

/** Adds the address to the options of `postgres`. Throws if the address or one of its files can't be used. */
export function postgresOptions(url: string, options: PostgresOptions): PostgresOptions {
  const address = parseDatabaseUrl(url);
  const { host, port, user, password, database, applicationName } = address;
  const socket = socketOf(address);
  const location = socket
    ? { path: socket }
    : { host: [host] as unknown as string, port: [port] as unknown as number }; // arrays, which the driver's types lack, because it splits a plain IPv6 address at the colons
  return {
    ...options,
    ...location,
    username: user,
    password,
    database,
    ssl: address.tls === "prefer" ? "prefer" : tlsOptions(address),
    ...(address.isTlsDirect && { sslnegotiation: "direct" }),
    connect_timeout: address.connectTimeoutSeconds ?? options.connect_timeout,
    connection: {
      ...options.connection,
      ...(applicationName && { application_name: applicationName }),
      ...(address.options && { options: address.options }),
    },
  };
}

/** The options for `pg`. That driver doesn't support `prefer`, so this asks the server whether it offers TLS. */
export async function pgOptions(url: string): Promise<PoolConfig> {
  const address = parseDatabaseUrl(url);
  const { host, port, user, password, database, options, connectTimeoutSeconds } = address;
  socketOf(address);
  const hasTls = address.tls !== "prefer" || await offersTls(address);
  return {
    host,
    port,
    user,
    password,
    database,
    options,
    ssl: hasTls && tlsOptions(address),
    ...(address.isTlsDirect && { sslnegotiation: "direct" }),
    ...(connectTimeoutSeconds && { connectionTimeoutMillis: connectTimeoutSeconds * 1_000 }),
  };
}

/** The path of an address's Unix socket. Throws if this process may not use it, because the drivers would crash the process. */
function socketOf({ host, port }: DatabaseUrl): string | undefined {
  if (!host.startsWith("/")) return undefined;
  const path = `${host}/.s.PGSQL.${port}`;
  const permissions = ["read", "write"] as const;
  if (permissions.every((name) => Deno.permissions.querySync({ name, path }).state === "granted")) {
    return path;
  }
  throw new Error(
    `The database's address names the Unix socket "${path}", which this process may not use. Write 127.0.0.1 as the host, or start the process with --allow-read and --allow-write for this path.`,
  );
}

function tlsOptions(address: DatabaseUrl): false | ConnectionOptions {
  const { host, tls, rootCertificate, clientCertificate, clientKey } = address;
  if (tls === "disable") return false;
  return {
    host, // the certificate must match it; the drivers omit it for an IP address
    rejectUnauthorized: tls === "verify-ca" || tls === "verify-full",
    ...(rootCertificate && { ca: readPem("sslrootcert", rootCertificate) }),
    ...(clientCertificate && { cert: readPem("sslcert", clientCertificate) }),
    ...(clientKey && { key: readPem("sslkey", clientKey) }),
    ...(tls === "verify-ca" && { checkServerIdentity: () => undefined }),
  };
}

function readPem(parameter: string, path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    const instead = parameter === "sslrootcert"
      ? ", or write sslrootcert=system for the public authorities"
      : "";
    throw new Error(
      `The database's address names the file "${path}" as its ${parameter}, which can't be read. Put the file into the project's folder or DATA_DIR, where this process may read${instead}.`,
    );
  }
}

/** Sends the SSLRequest message that every client sends before TLS. */
function offersTls({ host, port }: DatabaseUrl): Promise<boolean> {
  return new Promise((answer, fail) => {
    const socket = createConnection({ host, port });
    socket.setTimeout(
      PROBE_TIMEOUT_MILLISECONDS,
      () => socket.destroy(new Error("The database does not answer.")),
    );
    socket.once("connect", () => socket.write(new Uint8Array(SSL_REQUEST)));
    socket.once("data", (bytes: Uint8Array) => {
      answer(bytes[0] === YES);
      socket.destroy();
    });
    socket.once("error", fail);
    socket.once("close", () => fail(new Error("The database closed the connection.")));
  });
}
