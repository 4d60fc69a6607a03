/** Parses PostgreSQL addresses as libpq, hosted services and Prisma write them, for both drivers. */

const SCHEME = /^postgres(?:ql)?:\/\//i;
const DEFAULT_PORT = 5432;
const MAX_PORT = 65_535;
const MAX_TIMEOUT_SECONDS = 600;
const LOOPBACK_HOSTS = ["localhost", "127.0.0.1", "::1"];

/**
 * `disable`: no TLS. `prefer`: TLS if the server offers it. `require`: always TLS. `verify-ca` also verifies who signed
 * the server's certificate, and `verify-full` its host name as well.
 */
export type TlsMode = "disable" | "prefer" | "require" | "verify-ca" | "verify-full";

export type DatabaseUrl = {
  /** A host name, an IP address, or the folder of a Unix socket, which begins with "/". */
  host: string;
  port: number;
  /** If `user`, `password` or `database` is undefined, the driver's default applies. */
  user: string | undefined;
  password: string | undefined;
  database: string | undefined;
  tls: TlsMode;
  /** Paths of PEM files. Without a root certificate, the public authorities are trusted. */
  rootCertificate: string | undefined;
  clientCertificate: string | undefined;
  clientKey: string | undefined;
  /** Whether to start TLS without negotiation, which requires PostgreSQL 17. */
  isTlsDirect: boolean;
  connectTimeoutSeconds: number | undefined;
  applicationName: string | undefined;
  /** Server settings, such as `-c search_path=x`. */
  options: string | undefined;
  /** Whether the address is a pooler in transaction mode. Prisma's parameter `pgbouncer` says so. */
  isPooler: boolean;
};

/**
 * An invalid address. The message completes a sentence that starts with the variable's name. It contains no part of the
 * address.
 */
export class DatabaseUrlError extends Error {}

const TLS_MODES: Record<string, TlsMode> = {
  disable: "disable",
  allow: "prefer",
  prefer: "prefer",
  require: "require",
  "no-verify": "require",
  "verify-ca": "verify-ca",
  "verify-full": "verify-full",
};

const ANY = /^/;
const SWITCH = /^(true|false|0|1)$/;

/** The allowed parameters and their values. Those after `pgbouncer` are ignored, because their allowed values change nothing. */
const PARAMETERS: Record<string, RegExp> = {
  host: ANY,
  port: /^\d+$/,
  user: ANY,
  password: ANY,
  dbname: ANY,
  sslmode: /^(disable|allow|prefer|require|no-verify|verify-ca|verify-full)$/,
  ssl: /^(true|false|0|1|require)$/,
  sslrootcert: ANY,
  sslcert: ANY,
  sslkey: ANY,
  sslnegotiation: /^(postgres|direct)$/,
  channel_binding: /^(disable|prefer|require)$/,
  connect_timeout: /^\d{1,3}$/,
  application_name: ANY,
  options: ANY,
  pgbouncer: SWITCH,
  target_session_attrs: /^(any|read-write|primary|prefer-standby)$/,
  client_encoding: /^(utf-?8|auto)$/i,
  gssencmode: /^(disable|prefer)$/,
  sslsni: /^1$/,
  sslcompression: /^0$/,
  ssl_min_protocol_version: /^TLSv1(\.[0-2])?$/i,
  schema: /^public$/,
  ...Object.fromEntries([
    ...[
      "fallback_application_name",
      "keepalives",
      "keepalives_idle",
      "keepalives_interval",
      "keepalives_count",
    ],
    ...["tcp_user_timeout", "load_balance_hosts", "connection_limit", "pool_timeout", "socket_timeout"],
    ...["statement_cache_size", "supa", "workaround", "uselibpqcompat"],
  ].map((name) => [name, ANY])),
};

/** Parses an address. Throws `DatabaseUrlError`. */
export function parseDatabaseUrl(text: string): DatabaseUrl {
  if (!SCHEME.test(text)) throw new DatabaseUrlError("must be a postgres:// address");
  const [, authority = "", path = "", query = ""] = /^([^/?]*)(\/[^?]*)?(?:\?(.*))?$/s.exec(
    text.replace(SCHEME, ""),
  )!;
  if (path.includes("@") || (query.includes("@") && authority && !authority.includes("@"))) {
    throw new DatabaseUrlError("must have %2F for / and %3F for ? in the user and the password");
  }
  const parameters = readParameters(query);
  const credentials = authority.slice(0, Math.max(0, authority.lastIndexOf("@")));
  const [user, password] = splitOnce(credentials, ":");
  const location = readLocation(parameters, authority.slice(authority.lastIndexOf("@") + 1));
  return {
    ...location,
    user: parameters.get("user") ?? decode(user),
    password: parameters.get("password") ?? decode(password),
    database: parameters.get("dbname") ?? decode(path.slice(1)),
    ...readTls(parameters, location.host),
    connectTimeoutSeconds: Math.min(Number(parameters.get("connect_timeout")), MAX_TIMEOUT_SECONDS) ||
      undefined,
    applicationName: parameters.get("application_name"),
    options: parameters.get("options"),
    isPooler: isOn(parameters.get("pgbouncer")),
  };
}

function readParameters(query: string): Map<string, string> {
  const parameters = new Map<string, string>();
  for (const pair of query.split("&").filter(Boolean)) {
    const [name, value] = splitOnce(pair, "=").map(decode);
    const allowed = Object.hasOwn(PARAMETERS, name ?? "") ? PARAMETERS[name!] : undefined;
    if (!allowed) {
      throw new DatabaseUrlError(
        `has the unknown parameter ${
          JSON.stringify(name ?? "")
        }; remove it, or write a server setting as options=-c%20name%3Dvalue`,
      );
    }
    if (!value) continue;
    if (!allowed.test(value)) {
      throw new DatabaseUrlError(
        `has a value for "${name}" that Denizen can't use; it allows ${allowed.source}`,
      );
    }
    parameters.set(name!, value);
  }
  return parameters;
}

function readLocation(parameters: Map<string, string>, hostAndPort: string): { host: string; port: number } {
  if (hostAndPort.includes(",") || parameters.get("host")?.includes(",")) {
    throw new DatabaseUrlError("must name one host; put a proxy in front of several");
  }
  const [, address, name, portText] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d*))?$/.exec(hostAndPort) ?? [];
  if (address === undefined && name === undefined) {
    throw new DatabaseUrlError(
      "must end in host:port/database, with an IPv6 address in brackets, such as [::1], and %3A, %2F, %3F and %40 for : / ? @ in the password",
    );
  }
  const host = parameters.get("host") ?? decode(address ?? name) ?? "localhost";
  const port = Number(parameters.get("port") ?? (portText || DEFAULT_PORT));
  if (port < 1 || port > MAX_PORT) throw new DatabaseUrlError(`must have a port from 1 to ${MAX_PORT}`);
  return { host: host.replace(/^\[(.*)\]$/, "$1"), port };
}

type Tls = Pick<
  DatabaseUrl,
  "tls" | "rootCertificate" | "clientCertificate" | "clientKey" | "isTlsDirect"
>;

function readTls(parameters: Map<string, string>, host: string): Tls {
  const file = parameters.get("sslrootcert");
  const rootCertificate = file === "system" ? undefined : file;
  const tls = host.startsWith("/") ? "disable" : tlsMode(parameters, host);
  return {
    tls,
    rootCertificate,
    clientCertificate: parameters.get("sslcert"),
    clientKey: parameters.get("sslkey"),
    isTlsDirect: tls !== "disable" && parameters.get("sslnegotiation") === "direct",
  };
}

/**
 * The requested mode, or a stricter one. The drivers don't support channel binding, so `channel_binding=require` verifies the
 * server's certificate instead, which also prevents man-in-the-middle attacks.
 */
function tlsMode(parameters: Map<string, string>, host: string): TlsMode {
  const file = parameters.get("sslrootcert");
  const requested = TLS_MODES[parameters.get("sslmode") ?? sslModeOf(parameters.get("ssl")) ?? ""];
  if (requested === "disable") {
    if (parameters.get("channel_binding") !== "require") return "disable";
    throw new DatabaseUrlError("can't have channel_binding=require without TLS");
  }
  if (requested === "verify-full" || file === "system" || parameters.get("channel_binding") === "require") {
    return "verify-full";
  }
  if (file && requested !== "prefer") return "verify-ca";
  if (requested === "verify-ca") return "verify-full"; // a public authority signs certificates for anyone
  if (parameters.get("sslnegotiation") === "direct") return "require";
  return requested ?? (LOOPBACK_HOSTS.includes(host) ? "disable" : "prefer");
}

function sslModeOf(ssl: string | undefined): string | undefined {
  if (ssl === undefined) return undefined;
  return ssl === "require" || isOn(ssl) ? "require" : "disable";
}

function isOn(value: string | undefined): boolean {
  return value === "true" || value === "1";
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const index = text.indexOf(separator);
  return index < 0 ? [text, undefined] : [text.slice(0, index), text.slice(index + 1)];
}

/**
 * Decodes valid percent-encoding. Keeps other `%` signs, for example in a generated password. Returns undefined for
 * empty text.
 */
function decode(text: string | undefined): string | undefined {
  const decoded = text?.replaceAll(/(?:%[0-9a-f]{2})+/gi, (bytes) => {
    try {
      return decodeURIComponent(bytes);
    } catch {
      return bytes;
    }
  });
  return decoded || undefined;
}
