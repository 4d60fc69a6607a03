export type Answer = { status: number; body: unknown };

/** An error as Stripe answers it. */
export class Refusal extends Error {
  constructor(readonly answer: Answer) {
    super(JSON.stringify(answer.body));
  }

  static missing(kind: string, id: string): Refusal {
    return refusal(404, "invalid_request_error", `No such ${kind}: '${id}'`, "resource_missing");
  }

  static invalid(message: string, code?: string): Refusal {
    return refusal(400, "invalid_request_error", message, code);
  }

  static card(message: string, code = "card_declined"): Refusal {
    return refusal(402, "card_error", message, code);
  }

  static idempotency(): Refusal {
    return refusal(
      400,
      "idempotency_error",
      "Keys for idempotent requests can only be used with the same parameters.",
    );
  }

  static unauthorized(): Refusal {
    return refusal(401, "invalid_request_error", "Invalid API Key provided.");
  }
}

function refusal(status: number, type: string, message: string, code?: string): Refusal {
  return new Refusal({ status, body: { error: { type, message, ...(code ? { code } : {}) } } });
}
