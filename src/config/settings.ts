/**
 * Every setting, declared once. `Config`, `.env.example`, the README's table, docs/admin/configuration.md and the
 * variables in deno.json's permission sets follow from this table: after a change, run `deno task settings`.
 */
import { z } from "zod";
import { namedAddress } from "../platform/named_address.ts";
import {
  flag,
  oneOf,
  seconds,
  setting,
  textOfLength,
  trueOrFalse,
  wholeNumber,
} from "../platform/setting.ts";
import { smtpUrl } from "../platform/smtp_url.ts";
import {
  addressRanges,
  appUrl,
  bucketUrl,
  contact,
  databaseUrl,
  hostName,
  listeningAddress,
  redisUrl,
  serviceUrl,
} from "./parsers.ts";

/** The default of APP_SECRET. It is public, so production refuses it. */
export const DEVELOPMENT_SECRET = "development-only-secret-do-not-use-in-production";
export const MIN_SECRET_LENGTH = 32;
const MIN_TOKEN_LENGTH = 16;
const LONGEST_STOP_DELAY_SECONDS = 60;
const LONGEST_STATEMENT_SECONDS = 30;

/** All settings, by field of `Config`. */
export const SETTINGS = {
  port: setting("PORT", {
    group: "Server",
    parse: wholeNumber(0, 65_535),
    default: "8000",
    description: "The port to listen on.",
    essential: true,
  }),
  host: setting("HOST", {
    group: "Server",
    parse: listeningAddress,
    unset: "every address of this machine",
    example: "127.0.0.1",
    description: "The address to listen on, IPv4 or IPv6.",
  }),
  appUrl: setting("APP_URL", {
    group: "Server",
    parse: appUrl,
    unset: "`http://localhost:PORT`",
    example: "https://example.com",
    description:
      "The product's public address: a host name, without a path. Workspaces live at `<subdomain>.<host>`.",
    essential: true,
  }),
  environment: setting("DENO_ENV", {
    group: "Server",
    parse: oneOf("production", "development", "test"),
    unset: "`development`",
    example: "production",
    description:
      "`production`, `development` or `test`. An https `APP_URL`, or email that reaches other people, requires `production`.",
    essential: true,
  }),
  appSecret: setting("APP_SECRET", {
    group: "Server",
    parse: textOfLength(MIN_SECRET_LENGTH),
    default: DEVELOPMENT_SECRET,
    unset: "a fixed one, for development only",
    description:
      `Seals the keys that sign tokens. Production requires your own, ${MIN_SECRET_LENGTH} characters or more, such as \`openssl rand -base64 33\` prints.`,
    essential: true,
    secret: true,
  }),
  appSecretPrevious: setting("APP_SECRET_PREVIOUS", {
    group: "Server",
    parse: textOfLength(MIN_SECRET_LENGTH),
    unset: "only `APP_SECRET` opens what it sealed",
    example: "kJ8vN2pQ5sT7wX0zA3cF6hL9mR1uY4bE",
    description:
      "The former `APP_SECRET`. It still opens what it sealed, until `config rotate-keys` has sealed everything again.",
    guide: "operations.md",
    secret: true,
  }),
  dataDir: setting("DATA_DIR", {
    group: "Server",
    parse: z.string(),
    default: ".data",
    description: "The folder of the embedded database and the job queue. Only its owner can read it.",
    essential: true,
  }),
  trustedProxies: setting("TRUSTED_PROXIES", {
    group: "Server",
    parse: addressRanges,
    default: "",
    unset: "none",
    example: "10.0.0.0/8,fd00::/8",
    description: "Proxies whose `X-Forwarded-For` is trusted: IP addresses and CIDR ranges, comma-separated.",
    guide: "operations.md",
  }),
  signUp: setting("SIGN_UP", {
    group: "Server",
    parse: oneOf("immediate", "verified"),
    default: "immediate",
    description:
      "When a sign-up creates the workspace. `immediate`: right away. `verified`: after the visitor enters a code sent to their email.",
  }),
  supportAccess: setting("SUPPORT_ACCESS", {
    group: "Server",
    parse: oneOf("consent", "reason"),
    default: "consent",
    description:
      "When staff may act for a member. `consent`: after an owner gave support access. `reason`: also without, read-only, with a reason.",
    guide: "support-access.md",
  }),
  passwordRangeUrl: setting("PASSWORD_RANGE_URL", {
    group: "Server",
    parse: serviceUrl,
    unset: "only the built-in list of common passwords",
    example: "https://api.pwnedpasswords.com/range/",
    description:
      "A service that knows leaked passwords, such as Have I Been Pwned. It gets the first 5 hex digits of a new password's SHA-1, never the password.",
    guide: "operations.md",
    secret: true,
  }),
  webhooksAllowPrivate: setting("WEBHOOKS_ALLOW_PRIVATE", {
    group: "Server",
    parse: flag(),
    default: "0",
    description:
      "`1`: webhooks reach this machine, also by http, to develop a receiver. Production refuses this setting.",
    guide: "webhooks.md",
  }),
  securityContact: setting("SECURITY_CONTACT", {
    group: "Server",
    parse: contact,
    unset: "the address in `EMAIL_FROM`",
    example: "security@example.com",
    description:
      "Where researchers report a vulnerability, in `/.well-known/security.txt`: an email address or an https address.",
    guide: "operations.md",
  }),
  salesContact: setting("SALES_CONTACT", {
    group: "Server",
    parse: contact,
    unset: "no button",
    example: "sales@example.com",
    description:
      "Where _Contact sales_ leads, the button of plans with a custom price: an email address or an https address.",
  }),
  stopDelay: setting("STOP_DELAY", {
    group: "Server",
    parse: seconds(0, LONGEST_STOP_DELAY_SECONDS),
    unset: "`1.5`; `0` on Deno Deploy",
    example: "1.5",
    description:
      "Seconds that a server keeps serving after SIGTERM, while `/ready` returns 503 and load balancers turn away from it.",
    guide: "operations.md",
  }),
  sleepsBetweenRequests: setting("DENO_DEPLOY", {
    group: "Server",
    parse: z.string().transform(Boolean),
    default: "",
    unset: "not on Deno Deploy",
    description:
      "Any value means that the process runs on Deno Deploy: in production, and only while it serves a request or a schedule.",
    guide: "deno-deploy.md",
    setBy: "Deno Deploy",
  }),

  googleClientId: setting("GOOGLE_CLIENT_ID", {
    group: "Sign-in providers",
    parse: textOfLength(1),
    unset: "people can't sign in with Google",
    example: "1234567890-abc.apps.googleusercontent.com",
    description: "The client ID of the installation at Google. Needs `GOOGLE_CLIENT_SECRET`.",
    guide: "oauth.md",
  }),
  googleClientSecret: setting("GOOGLE_CLIENT_SECRET", {
    group: "Sign-in providers",
    parse: textOfLength(1),
    unset: "needed with `GOOGLE_CLIENT_ID`",
    example: "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",
    description: "The client secret that Google gives with that ID.",
    guide: "oauth.md",
    secret: true,
  }),
  googleIssuer: setting("GOOGLE_ISSUER", {
    group: "Sign-in providers",
    parse: serviceUrl,
    default: "https://accounts.google.com",
    description:
      "The OpenID Connect issuer behind _Continue with Google_. Change it only to test with a stand-in.",
    guide: "oauth.md",
  }),
  githubClientId: setting("GITHUB_CLIENT_ID", {
    group: "Sign-in providers",
    parse: textOfLength(1),
    unset: "people can't sign in with GitHub",
    example: "Iv1.8a61f9b3a7aba766",
    description: "The client ID of the installation's OAuth app at GitHub. Needs `GITHUB_CLIENT_SECRET`.",
    guide: "oauth.md",
  }),
  githubClientSecret: setting("GITHUB_CLIENT_SECRET", {
    group: "Sign-in providers",
    parse: textOfLength(1),
    unset: "needed with `GITHUB_CLIENT_ID`",
    example: "3f2d0b6c8a1e4f5a9b7c6d5e4f3a2b1c0d9e8f7a",
    description: "The client secret that GitHub gives with that ID.",
    guide: "oauth.md",
    secret: true,
  }),
  githubUrl: setting("GITHUB_URL", {
    group: "Sign-in providers",
    parse: serviceUrl,
    default: "https://github.com",
    description: "The address of GitHub, or of your GitHub Enterprise Server.",
    guide: "oauth.md",
  }),
  githubApiUrl: setting("GITHUB_API_URL", {
    group: "Sign-in providers",
    parse: serviceUrl,
    default: "https://api.github.com",
    description: "The address of its REST API: on GitHub Enterprise Server, `https://HOST/api/v3`.",
    guide: "oauth.md",
  }),
  microsoftClientId: setting("MICROSOFT_CLIENT_ID", {
    group: "Sign-in providers",
    parse: textOfLength(1),
    unset: "people can't sign in with Microsoft",
    example: "00001111-aaaa-2222-bbbb-3333cccc4444",
    description:
      "The application (client) ID of the installation at Microsoft. Needs `MICROSOFT_CLIENT_SECRET`.",
    guide: "oauth.md",
  }),
  microsoftClientSecret: setting("MICROSOFT_CLIENT_SECRET", {
    group: "Sign-in providers",
    parse: textOfLength(1),
    unset: "needed with `MICROSOFT_CLIENT_ID`",
    example: "A1b8Q~7Zx-9yWvUt6sRqPoNmLkJiHgFeDcBa3210",
    description: "The client secret (its value) that Microsoft gives with that ID.",
    guide: "oauth.md",
    secret: true,
  }),
  microsoftIssuer: setting("MICROSOFT_ISSUER", {
    group: "Sign-in providers",
    parse: serviceUrl,
    default: "https://login.microsoftonline.com/common/v2.0",
    description:
      "Whose accounts count: `common` for all, `organizations` for work and school, or the ID of one directory.",
    guide: "oauth.md",
  }),

  databaseUrl: setting("DATABASE_URL", {
    group: "Database",
    parse: databaseUrl,
    unset: "the embedded database in `DATA_DIR`",
    example: "postgres://denizen:password@127.0.0.1:5432/denizen",
    description: "The address of PostgreSQL 15 to 18. In a shell, quote an address that contains `&`.",
    guide: "database.md",
    essential: true,
    secret: true,
  }),
  migrationDatabaseUrl: setting("MIGRATION_DATABASE_URL", {
    group: "Database",
    parse: databaseUrl,
    unset: "the login of `DATABASE_URL`",
    example: "postgres://migrator:password@127.0.0.1:5432/denizen",
    description: "A separate login that creates, migrates and owns the tables.",
    guide: "database.md",
    secret: true,
  }),
  backupDatabaseUrl: setting("BACKUP_DATABASE_URL", {
    group: "Database",
    parse: databaseUrl,
    unset: "the login of `DATABASE_URL`, which must then be a superuser",
    example: "postgres://denizen_backup:password@127.0.0.1:5432/denizen",
    description: "A login that reads the whole database for `db backup`.",
    guide: "backup.md",
    secret: true,
  }),
  databaseReplicaUrl: setting("DATABASE_REPLICA_URL", {
    group: "Database",
    parse: databaseUrl,
    unset: "reports are read from `DATABASE_URL`",
    example: "postgres://denizen:password@127.0.0.2:5432/denizen",
    description: "A streaming replica from which reports are read while it is at most 5 seconds late.",
    guide: "database.md",
    secret: true,
  }),
  databasePooler: setting("DATABASE_POOLER", {
    group: "Database",
    parse: oneOf("none", "transaction"),
    unset: "`none`, or `transaction` if `DATABASE_URL` says `pgbouncer=true`",
    example: "transaction",
    description:
      "`transaction`: `DATABASE_URL` is a pooler that assigns a connection for each transaction, such as PgBouncer.",
    guide: "database.md",
  }),
  databaseConnections: setting("DATABASE_CONNECTIONS", {
    group: "Database",
    parse: wholeNumber(4, 200),
    default: "12",
    description:
      "Connections per process, 4 to 200. Half of them are the tenants'; the control schema gets a sixth each for single statements, transactions of requests, and the back office with its jobs.",
    guide: "tenancy.md",
  }),
  databaseLanes: setting("DB_LANES", {
    group: "Database",
    parse: wholeNumber(1, 50),
    default: "3",
    description:
      "Lanes that the tenants' connections are split into, 1 to 50. A tenant always uses the same lane, and at most half of it.",
    guide: "tenancy.md",
  }),
  tenantPoolSize: setting("TENANT_POOL_SIZE", {
    group: "Database",
    parse: wholeNumber(0, 1_000),
    default: "5",
    description: "Schemas kept ready for the next sign-ups, 0 to 1000. `0`: each is created when needed.",
    guide: "tenancy.md",
  }),
  allowUnhardenedDatabase: setting("ALLOW_UNHARDENED_DATABASE", {
    group: "Database",
    parse: flag(),
    default: "0",
    description:
      "`1`: production starts although no superuser has run the SQL that `deno task admin db hardening` prints.",
    guide: "database.md",
  }),

  backupBucketUrl: setting("BACKUP_BUCKET_URL", {
    group: "Backups",
    parse: bucketUrl,
    unset: "`db backup` writes a file",
    example: "https://s3.eu-central-1.amazonaws.com/acme-backups/denizen",
    description:
      "Where `db backup` stores encrypted backups: the endpoint of S3-compatible storage, the bucket, and an optional folder.",
    guide: "backup.md",
  }),
  backupBucketKeyId: setting("BACKUP_BUCKET_KEY_ID", {
    group: "Backups",
    parse: textOfLength(1),
    unset: "needed with `BACKUP_BUCKET_URL`",
    example: "AKIAIOSFODNN7EXAMPLE",
    description: "The ID of the access key for the bucket.",
    guide: "backup.md",
    secret: true,
  }),
  backupBucketSecret: setting("BACKUP_BUCKET_SECRET", {
    group: "Backups",
    parse: textOfLength(1),
    unset: "needed with `BACKUP_BUCKET_URL`",
    description: "The secret of that access key.",
    guide: "backup.md",
    secret: true,
  }),
  backupBucketRegion: setting("BACKUP_BUCKET_REGION", {
    group: "Backups",
    parse: textOfLength(1),
    unset: "the region in the host's name, or `us-east-1`",
    example: "eu-central-1",
    description: "The region of the bucket.",
    guide: "backup.md",
  }),
  backupAgeRecipient: setting("BACKUP_AGE_RECIPIENT", {
    group: "Backups",
    parse: z.string().regex(
      /^age1[02-9ac-hj-np-z]{58}$/,
      "must be a public key of age, which starts with age1",
    ),
    unset: "needed with `BACKUP_BUCKET_URL`",
    example: "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p",
    description: "The public key that stored backups are encrypted for.",
    guide: "backup.md",
  }),
  backupAgeIdentity: setting("BACKUP_AGE_IDENTITY", {
    group: "Backups",
    parse: z.string().regex(
      /^AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}$/,
      "must be a secret key of age, which starts with AGE-SECRET-KEY-1",
    ),
    unset: "stored backups can't be restored",
    description:
      "The secret key that decrypts stored backups. Set it only for a restore, and keep it elsewhere.",
    guide: "backup.md",
    secret: true,
  }),
  backupKeep: setting("BACKUP_KEEP", {
    group: "Backups",
    parse: wholeNumber(1, 3_650),
    default: "14",
    description: "Of how many days the last backup is kept in the bucket.",
    guide: "backup.md",
  }),

  jobsEngine: setting("JOBS_ENGINE", {
    group: "Jobs",
    parse: oneOf("kv", "postgres"),
    default: "kv",
    description:
      "The job queue. `kv`: Deno KV, for one process. `postgres`: any number of processes; requires `DATABASE_URL`.",
    guide: "jobs.md",
  }),
  role: setting("ROLE", {
    group: "Jobs",
    parse: oneOf("all", "web", "worker"),
    default: "all",
    description:
      "What the process does: `web` (pages and API), `worker` (jobs and schedules) or `all`. The first two require `JOBS_ENGINE=postgres`.",
    guide: "jobs.md",
  }),

  redisUrl: setting("REDIS_URL", {
    group: "Rate limits",
    parse: redisUrl,
    unset: "each process counts by itself",
    example: "rediss://default:password@redis.example.com:6379",
    description:
      "A Redis server, 5.0 or later, in which all processes count together: `redis://`, or `rediss://` for TLS.",
    guide: "limits.md",
    secret: true,
  }),
  upstashUrl: setting("UPSTASH_REDIS_REST_URL", {
    group: "Rate limits",
    parse: serviceUrl,
    unset: "`REDIS_URL` applies",
    example: "https://example-12345.upstash.io",
    description: "Upstash Redis over HTTP instead of `REDIS_URL`, for platforms such as Deno Deploy.",
    guide: "limits.md",
  }),
  upstashToken: setting("UPSTASH_REDIS_REST_TOKEN", {
    group: "Rate limits",
    parse: textOfLength(1),
    unset: "needed with `UPSTASH_REDIS_REST_URL`",
    example: "AX1sASQg",
    description: "The token that Upstash gives with that address.",
    guide: "limits.md",
    secret: true,
  }),

  smtpUrl: setting("SMTP_URL", {
    group: "Email",
    parse: smtpUrl,
    unset: "the mailbox at `/dev/mailbox`",
    example: "smtps://user:password@mail.example.com",
    description: "The server that sends email. Production requires this or `RESEND_API_KEY`.",
    guide: "email.md",
    essential: true,
    secret: true,
  }),
  resendApiKey: setting("RESEND_API_KEY", {
    group: "Email",
    parse: z.string().regex(/^re_[\x21-\x7e]+$/, "must be a key such as re_…"),
    unset: "`SMTP_URL` applies",
    example: "re_123456789",
    description: "Sends email through Resend instead of SMTP.",
    guide: "email.md",
    essential: true,
    secret: true,
  }),
  twilioAccountSid: setting("TWILIO_ACCOUNT_SID", {
    group: "Email",
    parse: z.string().regex(
      /^AC[0-9a-f]{32}$/i,
      "must be an account SID such as AC0123456789abcdef0123456789abcdef",
    ),
    unset: "text messages appear at `/dev/mailbox`, and production has none",
    example: "AC0123456789abcdef0123456789abcdef",
    description: "The Twilio account that sends codes as text messages.",
    guide: "email.md",
  }),
  twilioAuthToken: setting("TWILIO_AUTH_TOKEN", {
    group: "Email",
    parse: textOfLength(MIN_TOKEN_LENGTH),
    unset: "no text messages are sent",
    example: "0123456789abcdef0123456789abcdef",
    description: "That account's auth token.",
    guide: "email.md",
    secret: true,
  }),
  twilioFrom: setting("TWILIO_FROM", {
    group: "Email",
    parse: z.string().regex(
      /^(?:\+[1-9]\d{6,14}|MG[0-9a-f]{32})$/i,
      "must be a number such as +15550123456, or a messaging service such as MG…",
    ),
    unset: "no text messages are sent",
    example: "+15550123456",
    description: "The number that text messages come from, or the SID of a messaging service.",
    guide: "email.md",
  }),
  twilioUrl: setting("TWILIO_URL", {
    group: "Email",
    parse: serviceUrl,
    default: "https://api.twilio.com",
    description: "The address of Twilio, or of a stand-in.",
    guide: "email.md",
  }),
  emailFrom: setting("EMAIL_FROM", {
    group: "Email",
    parse: namedAddress,
    unset: "`no-reply@` the host of `APP_URL`",
    example: "Denizen <no-reply@example.com>",
    description: "The sender of email: `Name <address>`. Production requires it.",
    guide: "email.md",
    essential: true,
  }),
  emailWebhookSecret: setting("EMAIL_WEBHOOK_SECRET", {
    group: "Email",
    parse: z.string().regex(/^whsec_[A-Za-z0-9+/]{32,}={0,2}$/, "must be a secret such as whsec_…"),
    unset: "bounces and complaints go unnoticed",
    example: "whsec_c2VjcmV0IG9mIHRoZSBzaWduZWQgbm90aWNl",
    description:
      "Signs notices of bounces and complaints: Resend's, at `/inbound/email`, and your mail server's, at `/inbound/bounces`.",
    guide: "email.md",
    secret: true,
  }),

  emailReturnHost: setting("EMAIL_RETURN_HOST", {
    group: "Email",
    parse: hostName,
    unset: "campaigns' bounces go to the address in From",
    example: "bounces.example.com",
    description:
      "The host whose mail server passes bounces on to `/inbound/bounces`. Needs `SMTP_URL` and `EMAIL_WEBHOOK_SECRET`.",
    guide: "sending-domains.md",
  }),

  vapidPublicKey: setting("VAPID_PUBLIC_KEY", {
    group: "Web push",
    parse: z.string().regex(/^B[A-Za-z0-9_-]{86}$/, "must be a P-256 public key in base64url, 87 characters"),
    unset: "a key pair that is made once and kept in the database",
    example: "BCLfbxd4Z3fajI-jG4nI3Sf5DgJHUOEPLYrVdTkMji1x3WWV3Jp-cvWTlkasMNO4whkzcs_4N9rNeznn8iuJ2GA",
    description: "The public key with which browsers know who sends (VAPID). Needs `VAPID_PRIVATE_KEY`.",
    guide: "web-push.md",
    secret: true,
  }),
  vapidPrivateKey: setting("VAPID_PRIVATE_KEY", {
    group: "Web push",
    parse: z.string().regex(/^[A-Za-z0-9_-]{43}$/, "must be a P-256 private key in base64url, 43 characters"),
    unset: "needed with `VAPID_PUBLIC_KEY`",
    example: "5EFQ-xuuKJhvmwm9rzE5LEFomzeSkqlcNQpibvQk9aM",
    description: "The private key of that pair. A new pair ends all subscriptions.",
    guide: "web-push.md",
    secret: true,
  }),

  stripeSecretKey: setting("STRIPE_SECRET_KEY", {
    group: "Payments",
    parse: z.string().regex(
      /^[sr]k_(?:test|live)_\w+$/,
      "must be a secret key such as sk_test_… or rk_live_…",
    ),
    unset: "a sandbox without a bank, and in production nothing can be bought",
    example: "sk_test_51HxYzAbCdEfGhIjK",
    description: "Takes payments through Stripe. A live key requires production.",
    guide: "stripe.md",
    secret: true,
  }),
  stripeWebhookSecret: setting("STRIPE_WEBHOOK_SECRET", {
    group: "Payments",
    parse: z.string().regex(/^whsec_\w+$/, "must be a secret such as whsec_…"),
    unset: "needed with `STRIPE_SECRET_KEY`",
    example: "whsec_5f2b8c1d9e3a7064",
    description: "Stripe signs its events with it; they arrive at `/webhooks/stripe`.",
    guide: "stripe.md",
    secret: true,
  }),
  stripeUrl: setting("STRIPE_URL", {
    group: "Payments",
    parse: serviceUrl,
    default: "https://api.stripe.com",
    description: "The address of Stripe's API, or of a stand-in.",
    guide: "stripe.md",
  }),

  logLevel: setting("LOG_LEVEL", {
    group: "Monitoring",
    parse: oneOf("debug", "info", "warning", "error"),
    default: "info",
    description: "The least severe messages to log: `debug`, `info`, `warning` or `error`.",
    guide: "monitoring.md",
  }),
  metricsPort: setting("METRICS_PORT", {
    group: "Monitoring",
    parse: wholeNumber(1, 65_535),
    unset: "`PORT`; in production only with `METRICS_TOKEN`",
    example: "9464",
    description: "A separate port for `GET /metrics`.",
    guide: "monitoring.md",
  }),
  metricsToken: setting("METRICS_TOKEN", {
    group: "Monitoring",
    parse: textOfLength(MIN_TOKEN_LENGTH),
    unset: "the metrics need no token",
    description:
      `A token that scrapers must send as \`Authorization: Bearer <token>\`, ${MIN_TOKEN_LENGTH} characters or more.`,
    guide: "monitoring.md",
    secret: true,
  }),
  metricsMaxTenants: setting("METRICS_MAX_TENANTS", {
    group: "Monitoring",
    parse: wholeNumber(1, 10_000),
    default: "200",
    description:
      "How many tenants, busiest first, get their own label in the metrics, 1 to 10000. The rest share one.",
    guide: "monitoring.md",
  }),
  slowQuery: setting("SLOW_QUERY", {
    group: "Monitoring",
    parse: seconds(0, LONGEST_STATEMENT_SECONDS),
    default: "1",
    description:
      "Seconds after which a SQL statement is written to the log, without its parameters. `0`: no statement is.",
    guide: "monitoring.md",
  }),
  openTelemetry: setting("OTEL_DENO", {
    group: "Monitoring",
    parse: trueOrFalse,
    default: "false",
    description:
      "`true`: exports traces by OpenTelemetry. Deno reads this variable, and all others that start with `OTEL_`.",
    guide: "monitoring.md",
  }),
  tracesOfDeno: setting("OTEL_DENO_TRACING", {
    group: "Monitoring",
    parse: trueOrFalse,
    unset: "needed with `OTEL_DENO`",
    example: "false",
    description:
      "Must be `false` with `OTEL_DENO`: Deno's own spans contain whole URLs, with the tokens in them.",
    guide: "monitoring.md",
  }),
  tracesSampler: setting("OTEL_TRACES_SAMPLER", {
    group: "Monitoring",
    parse: oneOf(
      "always_on",
      "always_off",
      "traceidratio",
      "parentbased_always_on",
      "parentbased_always_off",
      "parentbased_traceidratio",
    ),
    unset: "needed with `OTEL_DENO`",
    example: "parentbased_traceidratio",
    description:
      "Which requests and jobs are traced. The ratio is in `OTEL_TRACES_SAMPLER_ARG`, such as `0.05`.",
    guide: "monitoring.md",
  }),
};

/** Only `setup` reads it, so it isn't part of `Config`. */
export const ADMIN_PASSWORD = setting("ADMIN_PASSWORD", {
  group: "Command line",
  parse: z.string(),
  unset: "`setup` prints a link to set one",
  description: "The password that `deno task admin setup` gives to the administrator.",
  secret: true,
});

/** Variables that libraries read: the PostgreSQL driver and the terminal output. */
const DRIVER_VARIABLES = ["PG*", "USER", "USERNAME"];
const TERMINAL_VARIABLES = ["NO_COLOR", "FORCE_COLOR", "CLICOLOR*", "COLORTERM", "TERM"];

const SERVER_VARIABLES = [...Object.values(SETTINGS).map(({ name }) => name), ...DRIVER_VARIABLES];

const ADMIN_VARIABLES = [...SERVER_VARIABLES, ADMIN_PASSWORD.name, ...TERMINAL_VARIABLES];

/** The variables that a process may read under each permission set of deno.json. All other variables look unset. */
export const READABLE_VARIABLES = {
  serve: SERVER_VARIABLES,
  admin: ADMIN_VARIABLES,
  backup: ADMIN_VARIABLES,
};
