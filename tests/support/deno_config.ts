/** The tasks in deno.json and the permissions that its sets grant. */

export type Grant = boolean | string[] | { allow?: string[]; ignore?: boolean };

type DenoConfig = {
  deploy: {
    install: string;
    build: string;
    predeploy: string;
    runtime: { type: string; entrypoint: string };
  };
  tasks: Record<string, string | { description: string; command: string }>;
  permissions: Record<string, Record<string, Grant>>;
};

export const denoConfig: DenoConfig = JSON.parse(
  await Deno.readTextFile(new URL("../../deno.json", import.meta.url)),
);

/** The commands of a task in order. */
export function commandsOf(task: string): string[] {
  const given = denoConfig.tasks[task]!;
  return (typeof given === "string" ? given : given.command).split(" && ");
}

/** A command's permissions: its permission set, with each flag replacing the set's entry. */
export function permissionsOf(command: string): Record<string, Grant> {
  const set = /\s-P=(\S+)/.exec(command)?.[1];
  const flags = command.matchAll(/--allow-([a-z]+)(?:=([^\s"]+))?/g);
  return {
    ...set ? denoConfig.permissions[set]! : {},
    ...Object.fromEntries([...flags].map(([, name, scope]) => [name!, scope?.split(",") ?? true])),
  };
}
