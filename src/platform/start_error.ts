/** The server can't start, for a reason that its operator can remove. The message is one line that says how. */
export class StartError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "StartError";
  }
}
