/** The command can't do what was asked. Nothing was written. The message says what to change. */
export class Refusal extends Error {}

export function refuse(reason: string): never {
  throw new Refusal(reason);
}
