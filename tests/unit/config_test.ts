import assert from "node:assert/strict";
import { ConfigError, parseConfig } from "../../src/config.ts";

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

Deno.test("every wrong variable gets a line of its own", () => {
  const variables = {
    PORT: "eighty",
    APP_URL: "example.com",
    DATABASE_URL: "mysql://x",
    LOG_LEVEL: "loud",
    APP_SECRET: "short",
  };

  const lines = linesOf(() => parseConfig(variables));

  assert.deepEqual(lines.map((line) => line.split(":")[0]).sort(), Object.keys(variables).sort());
});

Deno.test("S42 production refuses to start without a secret of its own", () => {
  assert.match(
    linesOf(() => parseConfig({ DENO_ENV: "production" }))[0]!,
    /^APP_SECRET: must be set in production/,
  );
});

Deno.test("production starts with a secret", () => {
  const config = parseConfig({
    DENO_ENV: "production",
    APP_SECRET: "a".repeat(32),
    APP_URL: "https://app.example",
  });

  assert.equal(config.environment, "production");
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
