import type { Command } from "@commander-js/extra-typings";
import { inspectDatabase } from "../../db/migration/inspect.ts";
import { loadConfig, readVariables } from "../../src/config.ts";
import { SETTINGS } from "../../src/config/settings.ts";
import { rotateKeys } from "../../src/identity/key_rotation.ts";
import { newToken } from "../../src/platform/crypto.ts";
import { mustBeHardened } from "../../src/operations/database_safety.ts";
import type { Setting } from "../../src/platform/setting.ts";
import { CommandFailure } from "../options.ts";
import { createOutput } from "../output.ts";
import { withDatabase, withSystem } from "../session.ts";
import { checkSettings } from "../setting_checks.ts";

/** The settings whose values the operator makes up. Other secrets come from a provider. */
const GENERATED: Setting[] = [SETTINGS.appSecret, SETTINGS.metricsToken];

export function define(config: Command): void {
  config.command("check").description("Lists every setting without secrets, and checks the database.")
    .option("--json", "print JSON")
    .action(async ({ json }) => {
      const output = createOutput(json === true);
      const findings = [
        ...checkSettings(loadConfig(), readVariables()),
        ...await withDatabase((db, config) =>
          inspectDatabase(db, { mustBeHardened: mustBeHardened(config) })
        ),
      ];
      output.data(findings);
      if (findings.some(({ status }) => status === "fail")) {
        throw new CommandFailure("Some checks failed. See the table.");
      }
    });

  config.command("secrets").description("Prints fresh secrets for production, as lines of an .env file.")
    .option("--json", "print JSON")
    .action(({ json }) => {
      const output = createOutput(json === true);
      const secrets = Object.fromEntries(GENERATED.map(({ name }) => [name, newToken()]));
      if (json) return output.data(secrets);
      output.text(Object.entries(secrets).map(([name, value]) => `${name}=${value}`).join("\n"), []);
      output.note("They are not stored anywhere. To replace an APP_SECRET in use, see config rotate-keys.");
    });

  config.command("rotate-keys").description(
    "Adds a key that signs access tokens, and seals all secrets under the current APP_SECRET.",
  )
    .option("--json", "print JSON")
    .action(async ({ json }) => {
      const output = createOutput(json === true);
      const rotated = await withSystem(rotateKeys);
      output.data({
        signing_key: rotated.keyId,
        signs_from: rotated.signsFrom.toISOString(),
        resealed: rotated.resealed,
        removed_keys: rotated.removedKeys,
      });
      output.note(
        "Every server uses the new key within a minute. Tokens of the old key work until they expire.",
      );
    });
}
