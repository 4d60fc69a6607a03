import assert from "node:assert/strict";
import { ConfigError, parseConfig } from "../../src/config.ts";
import { PRODUCTION } from "../support/production.ts";

/** Protects: a server starts only with a valid configuration; otherwise it names every problem (S42). */

Deno.test("without any variable, the product runs in development on the embedded database", () => {
  const config = parseConfig({});

  assert.equal(config.environment, "development");
  assert.equal(config.appUrl.origin, "http://localhost:8000");
  assert.equal(config.dataDir, ".data");
  assert.equal(config.databaseUrl, undefined);
});

Deno.test("without APP_URL, the address contains the port; an empty variable counts as not set", () => {
  assert.equal(parseConfig({ PORT: "9000", APP_URL: "" }).appUrl.origin, "http://localhost:9000");
});

Deno.test("HOST is an IPv4 or IPv6 address, with or without brackets, or a name; without it, every address", () => {
  const hosts = ["127.0.0.1", "0.0.0.0", "::1", "[::1]", "localhost", ""].map((HOST) =>
    parseConfig({ HOST }).host
  );

  assert.deepEqual(hosts, ["127.0.0.1", "0.0.0.0", "::1", "::1", "localhost", undefined]);
});

Deno.test("every invalid variable gets its own line", () => {
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

Deno.test("S55 an https address, or email that reaches other people, requires production and its own secret", () => {
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

Deno.test("settings for a PostgreSQL server are rejected without DATABASE_URL", () => {
  const lines = linesOf(() =>
    parseConfig({ DATABASE_POOLER: "transaction", MIGRATION_DATABASE_URL: "postgres://migrator@db/app" })
  );

  assert.deepEqual(lines.map((line) => line.split(":")[0]), ["DATABASE_POOLER", "MIGRATION_DATABASE_URL"]);
});

Deno.test("METRICS_PORT differs from the product's own port", () => {
  for (const variables of [{ METRICS_PORT: "8000" }, { PORT: "9464", METRICS_PORT: "9464" }]) {
    const lines = linesOf(() => parseConfig(variables));

    assert.deepEqual(lines.map((line) => line.split(":")[0]), ["METRICS_PORT"]);
  }
  assert.equal(parseConfig({ METRICS_PORT: "9464" }).metricsPort, 9464);
});

Deno.test("the KV queue requires one process for everything, and the PostgreSQL queue requires a server", () => {
  assert.match(
    linesOf(() => parseConfig({ ROLE: "worker" }))[0]!,
    /^ROLE: .*can't notify another process/,
  );
  assert.match(
    linesOf(() => parseConfig({ JOBS_ENGINE: "postgres" }))[0]!,
    /^JOBS_ENGINE: .*needs DATABASE_URL/,
  );

  const split = parseConfig({ JOBS_ENGINE: "postgres", ROLE: "web", DATABASE_URL: "postgres://app@db/app" });
  assert.deepEqual([split.jobsEngine, split.role], ["postgres", "web"]);
});

Deno.test("email is sent by SMTP, by Resend, or not at all, and the default sender is at the apex", () => {
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
  assert.deepEqual(both, ["RESEND_API_KEY: can't be combined with SMTP_URL; set one of them"]);
});

Deno.test("SMTP without TLS is allowed only with a server on this machine or in a private network", () => {
  assert.equal(parseConfig({ SMTP_URL: "smtp://127.0.0.1:2525?tls=none" }).smtpUrl?.port, "2525");
  const container = parseConfig({ ...PRODUCTION, SMTP_URL: "smtp://mailpit:1025?tls=none" });
  assert.equal(container.smtpUrl?.hostname, "mailpit");
  for (const host of ["mail.example", "mail.example.", "192.0.2.1", "3221225985", "[2001:db8::1]"]) {
    assert.match(
      linesOf(() => parseConfig({ SMTP_URL: `smtp://${host}?tls=none` }))[0]!,
      /^SMTP_URL: /,
      host,
    );
  }
});

Deno.test("S41 an error about a secret doesn't contain the secret", () => {
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

Deno.test("S42 production refuses to start without its own secret, a way to send email, and a sender", () => {
  const lines = linesOf(() => parseConfig({ DENO_ENV: "production" }));

  assert.match(lines[0]!, /^APP_SECRET: must be set in production/);
  assert.deepEqual(lines.slice(1), [
    "SMTP_URL: must be set in production, unless RESEND_API_KEY is",
    "EMAIL_FROM: must be set in production",
  ]);
});

Deno.test("S42 on Deno Deploy, where DENO_ENV can't be set, the environment is production", () => {
  const { DENO_ENV: _, ...others } = PRODUCTION;

  const onDeploy = {
    ...others,
    DENO_DEPLOY: "1",
    DATABASE_URL: "postgres://app@db/app",
    JOBS_ENGINE: "postgres",
  };
  assert.equal(parseConfig(onDeploy).environment, "production");
  assert.match(linesOf(() => parseConfig({ DENO_DEPLOY: "1" }))[0]!, /^APP_SECRET: must be set/);
});

Deno.test("Deno Deploy, whose KV has no queues, requires jobs in PostgreSQL", () => {
  const onDeploy = { ...PRODUCTION, DENO_DEPLOY: "1", DATABASE_URL: "postgres://app@db/app" };

  assert.deepEqual(linesOf(() => parseConfig(onDeploy)), [
    "JOBS_ENGINE: must be postgres on Deno Deploy, whose KV has no queues",
  ]);
  assert.ok(parseConfig({ ...onDeploy, JOBS_ENGINE: "postgres" }).sleepsBetweenRequests);
  assert.ok(!parseConfig(PRODUCTION).sleepsBetweenRequests);
});

Deno.test("production starts with all required settings", () => {
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

Deno.test("Stripe needs its secret key and its webhook secret together, and a live key needs production", () => {
  const test = { STRIPE_SECRET_KEY: "sk_test_1", STRIPE_WEBHOOK_SECRET: "whsec_1" };
  const live = { ...test, STRIPE_SECRET_KEY: "rk_live_1" };

  assert.equal(parseConfig(test).stripeUrl.origin, "https://api.stripe.com");
  assert.equal(parseConfig({ ...PRODUCTION, ...live }).stripeSecretKey, "rk_live_1");
  assert.deepEqual(linesOf(() => parseConfig({ STRIPE_SECRET_KEY: "sk_test_1" })), [
    "STRIPE_WEBHOOK_SECRET: must be set with STRIPE_SECRET_KEY",
  ]);
  assert.deepEqual(linesOf(() => parseConfig({ STRIPE_WEBHOOK_SECRET: "whsec_1" })), [
    "STRIPE_SECRET_KEY: must be set with STRIPE_WEBHOOK_SECRET",
  ]);
  assert.deepEqual(linesOf(() => parseConfig(live)), [
    "STRIPE_SECRET_KEY: a live key moves real money, so it needs DENO_ENV=production",
  ]);
  assert.deepEqual(linesOf(() => parseConfig({ ...test, STRIPE_SECRET_KEY: "pk_test_1" })).length, 1);
});

Deno.test("a server serves for 1.5 seconds after SIGTERM, unless STOP_DELAY says otherwise or it is on Deno Deploy", () => {
  const database = { DATABASE_URL: "postgres://app@db/app", JOBS_ENGINE: "postgres" };
  const onDeploy = { ...PRODUCTION, ...database, DENO_DEPLOY: "1" };

  assert.equal(parseConfig({}).stopDelay, 1_500);
  assert.equal(parseConfig({ STOP_DELAY: "0.25" }).stopDelay, 250);
  assert.equal(parseConfig(onDeploy).stopDelay, 0);
  assert.throws(
    () => parseConfig({ STOP_DELAY: "soon" }),
    /^ConfigError: STOP_DELAY: must be a number of seconds from 0 to 60$/,
  );
});
