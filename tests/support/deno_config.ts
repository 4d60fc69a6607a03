/** The tasks of deno.json and what its permission sets grant. */

export type Grant = boolean | string[] | { allow?: string[]; ignore?: boolean };

type DenoConfig = {
  tasks: Record<string, string | { description: string; command: string }>;
  permissions: Record<string, Record<string, Grant>>;
};

export const denoConfig: DenoConfig = JSON.parse(
  await Deno.readTextFile(new URL("../../deno.json", import.meta.url)),
);

/** The commands of a task, one after the other. */
export function commandsOf(task: string): string[] {
  const given = denoConfig.tasks[task]!;
  return (typeof given === "string" ? given : given.command).split(" && ");
}

/** What a command may do: its permission set, with each flag in place of the set's own entry. */
export function permissionsOf(command: string): Record<string, Grant> {
  const set = /\s-P=(\S+)/.exec(command)?.[1];
  const flags = command.matchAll(/--allow-([a-z]+)(?:=([^\s"]+))?/g);
  return {
    ...set ? denoConfig.permissions[set]! : {},
    ...Object.fromEntries([...flags].map(([, name, scope]) => [name!, scope?.split(",") ?? true])),
  };
}
