/** Prints a trial's observations and remembers whether all were as expected. */
export class Report {
  readonly #subject: string;
  passed = true;

  constructor(subject: string) {
    this.#subject = subject;
  }

  check(condition: boolean, text: string): void {
    this.passed &&= condition;
    this.note(condition ? "ok" : "FAILED", text);
  }

  note(outcome: string, text: string): void {
    const line = `${outcome.padEnd(7)}${this.#subject}: ${text}\n`;
    Deno.stdout.writeSync(new TextEncoder().encode(line));
  }
}
