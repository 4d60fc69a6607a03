import type { Command } from "@commander-js/extra-typings";
export function define(_command: Command): void {}
