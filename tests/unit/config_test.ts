import assert from "node:assert/strict";
import { ConfigError, parseConfig } from "../../src/config.ts";
import { PRODUCTION } from "../support/production.ts";

/** Protects: a server starts with a configuration that makes sense, or says what is wrong and doesn't start (S42). */

Deno.test("with nothing set, the product runs in development on the embedded database", () => {
  const config = parseConfig({});

  assert.equal(config.environment, "development");
  assert.equal(config.appUrl.origin, "http://localhost:8000");
  assert.equal(config.dataDir, ".data");
  assert.equal(config.databaseUrl, undefined);
});

Deno.test("the port is part of the address where no address is given, and an empty variable is one that is not set", () => {
  assert.equal(parseConfig({ PORT: "9000", APP_URL: "" }).appUrl.origin, "http://localhost:9000");
});

Deno.test("HOST is an address in either family, with or without brackets, or a name; unset it is every address", () => {
  const hosts = ["127.0.0.1", "0.0.0.0", "::1", "[::1]", "localhost", ""].map((HOST) =>
    parseConfig({ HOST }).host
  );

  assert.deepEqual(hosts, ["127.0.0.1", "0.0.0.0", "::1", "::1", "localhost", undefined]);
});

Deno.test("every wrong variable gets a line of its own", () => {
  const variables = {
    PORT: "eighty",
    HOST: "http://example.com",
    APP_URL: "example.com",
    DATABASE_URL: "mysql://x",
    LOG_LEVEL: "loud",
    DATABASE_CONNECTIONS: "2",
    DATABASE_POOLER: "session",
    DB_LANES: "0",
    MIGRATION_DATABASE_URL: "postgres",
    TENANT_POOL_SIZE: "-1",
    METRICS_PORT: "0",
    METRICS_TOKEN: "fifteen letters",
    METRICS_MAX_TENANTS: "10001",
    SIGN_UP: "later",
    JOBS_ENGINE: "redis",
    ROLE: "boss",
    APP_SECRET: "short",
    SMTP_URL: "https://mail.example",
    RESEND_API_KEY: "re_with space",
    EMAIL_FROM: "Acme <nobody>",
    EMAIL_WEBHOOK_SECRET: "whsec_short",
  };

  const lines = linesOf(() => parseConfig(variables));

  assert.deepEqual(lines.map((line) => line.split(":")[0]).sort(), Object.keys(variables).sort());
});

Deno.test("APP_URL is a scheme, a host name and a port, because workspaces live at <subdomain>.<host>", () => {
  const refused = [
    "http://127.0.0.1:8333",
    "http://2130706433",
    "http://[::1]:8333",
    "https://example.com/app",
    "https://example.com/?a=1",
    "https://example.com/#top",
    "https://ada:hunter2@example.com",
    "example.com:8000",
    "ftp://example.com",
  ];

  for (const address of refused) {
    const lines = linesOf(() => parseConfig({ APP_URL: address, DENO_ENV: "test" }));
    assert.deepEqual(lines.map((line) => line.split(":")[0]), ["APP_URL"], address);
    assert.ok(!lines[0]!.includes("hunter2"));
  }
  assert.match(
    linesOf(() => parseConfig({ APP_URL: "http://127.0.0.1:8333" }))[0]!,
    /http:\/\/localhost:8333$/,
  );
  assert.equal(parseConfig({ APP_URL: "http://Example.com:8333/" }).appUrl.href, "http://example.com:8333/");
});

Deno.test("S55 an https address, or email that reaches others, needs production and a secret of its own", () => {
  const reachable = [
    { APP_URL: "https://example.com" },
    { SMTP_URL: "smtps://mail.example.com" },
    { RESEND_API_KEY: "re_123" },
  ];

  for (const variables of reachable) {
    for (const environment of [{}, { DENO_ENV: "development" }, { APP_SECRET: "s".repeat(40) }]) {
      const lines = linesOf(() => parseConfig({ ...variables, ...environment }));
      assert.match(lines.join(), /^DENO_ENV: set DENO_ENV=production and an APP_SECRET; /);
    }
    const { APP_SECRET: _, ...withoutSecret } = PRODUCTION;
    assert.match(
      linesOf(() => parseConfig({ ...withoutSecret, ...variables })).join(),
      /APP_SECRET: must be set/,
    );
  }
  assert.equal(parseConfig({ SMTP_URL: "smtp://127.0.0.1:2525?tls=none" }).environment, "development");
});

Deno.test("what belongs to a server of Postgres is refused without one", () => {
  const lines = linesOf(() =>
    parseConfig({ DATABASE_POOLER: "transaction", MIGRATION_DATABASE_URL: "postgres://migrator@db/app" })
  );

  assert.deepEqual(lines.map((line) => line.split(":")[0]), ["DATABASE_POOLER", "MIGRATION_DATABASE_URL"]);
});

Deno.test("the metrics get no port that the product has already", () => {
  for (const variables of [{ METRICS_PORT: "8000" }, { PORT: "9464", METRICS_PORT: "9464" }]) {
    const lines = linesOf(() => parseConfig(variables));

    assert.deepEqual(lines.map((line) => line.split(":")[0]), ["METRICS_PORT"]);
  }
  assert.equal(parseConfig({ METRICS_PORT: "9464" }).metricsPort, 9464);
});

Deno.test("the KV queue takes one process that does all, and the queue in PostgreSQL takes a server", () => {
  assert.match(
    linesOf(() => parseConfig({ ROLE: "worker" }))[0]!,
    /^ROLE: .*wakes no listener in another process/,
  );
  assert.match(
    linesOf(() => parseConfig({ JOBS_ENGINE: "postgres" }))[0]!,
    /^JOBS_ENGINE: .*needs DATABASE_URL/,
  );

  const split = parseConfig({ JOBS_ENGINE: "postgres", ROLE: "web", DATABASE_URL: "postgres://app@db/app" });
  assert.deepEqual([split.jobsEngine, split.role], ["postgres", "web"]);
});

Deno.test("mail leaves by SMTP, by Resend, or not at all, and its sender is the apex where nobody is named", () => {
  const bySmtp = parseConfig({ DENO_ENV: "test", SMTP_URL: "smtp://ada%40acme:p%2Fw@mail.example:2525" });
  const byResend = parseConfig({
    DENO_ENV: "test",
    RESEND_API_KEY: "re_123",
    EMAIL_FROM: '"Acme, Inc." <Hello@Acme.example>',
  });
  const both = linesOf(() =>
    parseConfig({ DENO_ENV: "test", SMTP_URL: "smtps://mail.example", RESEND_API_KEY: "re_123" })
  );

  assert.equal(bySmtp.smtpUrl?.hostname, "mail.example");
  assert.deepEqual(bySmtp.emailFrom, { name: "Denizen", address: "no-reply@localhost" });
  assert.deepEqual(byResend.emailFrom, { name: "Acme, Inc.", address: "hello@acme.example" });
  assert.deepEqual(parseConfig({ EMAIL_FROM: "hello@acme.example" }).emailFrom, {
    name: "",
    address: "hello@acme.example",
  });
  assert.deepEqual(both, ["RESEND_API_KEY: can't be set beside SMTP_URL; choose one of them"]);
});

Deno.test("SMTP without TLS is for a server on this machine alone", () => {
  assert.equal(parseConfig({ SMTP_URL: "smtp://127.0.0.1:2525?tls=none" }).smtpUrl?.port, "2525");
  assert.match(linesOf(() => parseConfig({ SMTP_URL: "smtp://mail.example?tls=none" }))[0]!, /^SMTP_URL: /);
});

Deno.test("S41 what is wrong with a secret is said without the secret", () => {
  const lines = linesOf(() =>
    parseConfig({
      SMTP_URL: "smtp://ada:hunter2%ZZ@mail.example",
      RESEND_API_KEY: "hunter2",
      EMAIL_WEBHOOK_SECRET: "hunter2",
    })
  );

  assert.equal(lines.length, 3);
  assert.ok(!lines.join().includes("hunter2"));
});

Deno.test("S42 production refuses to start without a secret of its own, a way for mail, and its sender", () => {
  const lines = linesOf(() => parseConfig({ DENO_ENV: "production" }));

  assert.match(lines[0]!, /^APP_SECRET: must be set in production/);
  assert.deepEqual(lines.slice(1), [
    "SMTP_URL: or RESEND_API_KEY must be set in production",
    "EMAIL_FROM: must be set in production",
  ]);
});

Deno.test("S42 on Deno Deploy, where DENO_ENV can't be set, it is production", () => {
  const { DENO_ENV: _, ...others } = PRODUCTION;

  const there = {
    ...others,
    DENO_DEPLOY: "1",
    DATABASE_URL: "postgres://app@db/app",
    JOBS_ENGINE: "postgres",
  };
  assert.equal(parseConfig(there).environment, "production");
  assert.match(linesOf(() => parseConfig({ DENO_DEPLOY: "1" }))[0]!, /^APP_SECRET: must be set/);
});

Deno.test("Deno Deploy, whose KV has no queues, takes jobs in PostgreSQL alone", () => {
  const there = { ...PRODUCTION, DENO_DEPLOY: "1", DATABASE_URL: "postgres://app@db/app" };

  assert.deepEqual(linesOf(() => parseConfig(there)), [
    "JOBS_ENGINE: must be postgres on Deno Deploy, whose KV has no queues",
  ]);
  assert.ok(parseConfig({ ...there, JOBS_ENGINE: "postgres" }).sleepsBetweenRequests);
  assert.ok(!parseConfig(PRODUCTION).sleepsBetweenRequests);
});

Deno.test("production starts with these", () => {
  assert.equal(parseConfig(PRODUCTION).environment, "production");
});

function linesOf(work: () => unknown): string[] {
  try {
    work();
    return [];
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.lines;
  }
}
