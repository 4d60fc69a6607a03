import { Command } from "@commander-js/extra-typings";
import { fittingLanes } from "../../db/connection/connect.ts";
import { type Finding, inspectDatabase } from "../../db/migration/inspect.ts";
import { type Config, loadConfig } from "../../src/config.ts";
import { DEVELOPMENT_SECRET } from "../../src/config/settings.ts";
import { conflict } from "../../src/errors.ts";
import { createOutput } from "../output.ts";
import { mustBeHardened } from "../../src/operations/database_safety.ts";
import { withDatabase } from "../session.ts";

export function configCommand() {
  const config = new Command("config").description("The configuration of this installation.");

  config.command("check").description("Checks every variable, the database and what it allows.")
    .option("--json", "print JSON")
    .action(async ({ json }) => {
      const output = createOutput(json === true);
      const findings = [
        ...checkVariables(),
        ...await withDatabase((db, config) =>
          inspectDatabase(db, { mustBeHardened: mustBeHardened(config) })
        ),
      ];
      output.data(findings);
      if (findings.some(({ status }) => status === "fail")) {
        throw conflict("Some checks failed; the table says which.");
      }
    });

  return config;
}

function checkVariables(): Finding[] {
  const config = loadConfig();
  const secretIsSet = config.appSecret !== DEVELOPMENT_SECRET;
  return [
    { check: "variables", status: "ok", detail: "every variable that is set can be used" },
    {
      check: "APP_SECRET",
      status: secretIsSet ? "ok" : "warn",
      detail: secretIsSet ? "set" : "not set: fine for development, refused in production",
    },
    {
      check: "APP_URL",
      status: config.environment === "production" && config.appUrl.protocol !== "https:" ? "warn" : "ok",
      detail: config.appUrl.origin,
    },
    ...checkMail(config),
    ...checkConnections(config),
    {
      check: "DATABASE_URL",
      status: config.databaseUrl ? "ok" : "warn",
      detail: config.databaseUrl ? "set" : `not set: the embedded database in ${config.dataDir}`,
    },
  ];
}

/** How mail leaves, without any secret. */
function checkMail({ smtpUrl, resendApiKey, emailFrom, emailWebhookSecret }: Config): Finding[] {
  const wayOut = smtpUrl ? `SMTP at ${smtpUrl.hostname}` : resendApiKey ? "Resend" : null;
  const missesBounces = resendApiKey && !emailWebhookSecret;
  return [
    {
      check: "SMTP_URL, RESEND_API_KEY",
      status: wayOut ? "ok" : "warn",
      detail: wayOut ?? "not set: mail stays in /dev/mailbox; refused in production",
    },
    { check: "EMAIL_FROM", status: "ok", detail: emailFrom.address },
    {
      check: "EMAIL_WEBHOOK_SECRET",
      status: missesBounces ? "warn" : "ok",
      detail: emailWebhookSecret
        ? "set"
        : `not set${missesBounces ? ": Resend can't tell of bounces and complaints" : ""}`,
    },
  ];
}

/** Lanes of two connections at least keep a busy tenant from holding all of one. */
function checkConnections({ databaseConnections, databaseLanes }: Config): Finding[] {
  const fitting = fittingLanes(databaseConnections);
  const fits = databaseLanes <= fitting;
  return [{
    check: "DB_LANES",
    status: fits ? "ok" : "warn",
    detail: fits
      ? `${databaseLanes}`
      : `${databaseLanes} lanes don't fit into ${databaseConnections} connections: ${fitting} are used`,
  }];
}
