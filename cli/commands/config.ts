import { Command } from "@commander-js/extra-typings";
import { fittingLanes } from "../../db/connection/connect.ts";
import { type Finding, inspectDatabase } from "../../db/migration/inspect.ts";
import { type Config, DEVELOPMENT_SECRET, loadConfig } from "../../src/config.ts";
import { conflict } from "../../src/errors.ts";
import { createOutput } from "../output.ts";
import { mustBeHardened } from "../../src/operations/database_safety.ts";
import { withDatabase } from "../session.ts";

export function configCommand() {
  const config = new Command("config").description("Checks the configuration of this installation.");

  config.command("check").description("Checks all variables, the database and its privileges.")
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
        throw conflict("Some checks failed. See the table.");
      }
    });

  return config;
}

function checkVariables(): Finding[] {
  const config = loadConfig();
  const secretIsSet = config.appSecret !== DEVELOPMENT_SECRET;
  return [
    { check: "variables", status: "ok", detail: "all values are valid" },
    {
      check: "APP_SECRET",
      status: secretIsSet ? "ok" : "warn",
      detail: secretIsSet ? "set" : "not set: OK in development, required in production",
    },
    {
      check: "APP_URL",
      status: config.environment === "production" && config.appUrl.protocol !== "https:" ? "warn" : "ok",
      detail: config.appUrl.origin,
    },
    ...checkEmail(config),
    ...checkConnections(config),
    {
      check: "DATABASE_URL",
      status: config.databaseUrl ? "ok" : "warn",
      detail: config.databaseUrl ? "set" : `not set: using the embedded database in ${config.dataDir}`,
    },
  ];
}

/** How email is sent, without any secret. */
function checkEmail({ smtpUrl, resendApiKey, emailFrom, emailWebhookSecret }: Config): Finding[] {
  const transport = smtpUrl ? `SMTP at ${smtpUrl.hostname}` : resendApiKey ? "Resend" : null;
  const missesBounces = resendApiKey && !emailWebhookSecret;
  return [
    {
      check: "SMTP_URL, RESEND_API_KEY",
      status: transport ? "ok" : "warn",
      detail: transport ?? "not set: email stays in /dev/mailbox; one is required in production",
    },
    { check: "EMAIL_FROM", status: "ok", detail: emailFrom.address },
    {
      check: "EMAIL_WEBHOOK_SECRET",
      status: missesBounces ? "warn" : "ok",
      detail: emailWebhookSecret
        ? "set"
        : `not set${missesBounces ? ": Resend can't report bounces and complaints" : ""}`,
    },
  ];
}

/** A lane needs at least two connections, so that a busy tenant can't hold all of them. */
function checkConnections({ databaseConnections, databaseLanes }: Config): Finding[] {
  const fitting = fittingLanes(databaseConnections);
  const fits = databaseLanes <= fitting;
  return [{
    check: "DB_LANES",
    status: fits ? "ok" : "warn",
    detail: fits
      ? `${databaseLanes}`
      : `${databaseLanes} lanes need more than ${databaseConnections} connections: using ${fitting}`,
  }];
}
