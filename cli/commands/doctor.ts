import type { Command } from "@commander-js/extra-typings";
import { diagnose, type Diagnosis } from "../doctor.ts";
import { CommandFailure } from "../options.ts";
import { createOutput } from "../output.ts";

const MARKS = {
  ok: ["\x1b[32m", "ok     "],
  warning: ["\x1b[33m", "warning"],
  problem: ["\x1b[31m", "problem"],
};
const RESET = "\x1b[0m";

export function define(doctor: Command): void {
  doctor.option("--json", "print JSON")
    .addHelpText(
      "after",
      "\nWorks without a running server. Fails if there is a problem; warnings don't fail.",
    )
    .action(async ({ json }) => {
      const output = createOutput(json === true);
      const found = await diagnose();
      if (json) output.data(found);
      else output.text(found.map(lineOf).join("\n"), found);
      const [problems, warnings] = (["problem", "warning"] as const).map((wanted) =>
        found.filter(({ status }) => status === wanted).length
      );
      output.note(`${found.length} checks: ${problems} problems, ${warnings} warnings.`);
      if (problems! > 0) throw new CommandFailure("There are problems. Each line above says what to do.");
    });
}

function lineOf({ check, status, detail, fix }: Diagnosis): string {
  const [color, word] = MARKS[status];
  const isColored = Deno.stdout.isTerminal() && !Deno.noColor;
  const mark = isColored ? `${color}${word}${RESET}` : word;
  return `${mark}  ${check}: ${detail}${fix ? `\n         → ${fix}` : ""}`;
}
