import type { components } from "./schema.ts";

export type Problem = components["schemas"]["Problem"];

/** An answer with an error status. `problem` says what happened, and `problem.request_id` identifies the request. */
export class ApiError extends Error {
  readonly status: number;
  readonly problem: Problem;

  constructor(status: number, problem: Problem) {
    super(`${status} ${problem.title}: ${problem.detail}`);
    this.name = "ApiError";
    this.status = status;
    this.problem = problem;
  }
}

/** What a call returns. */
export type Result<Data> = { data?: Data; error?: unknown; response: Response };

/** The data of a call: `await unwrap(client.GET("/me"))`. Throws an `ApiError` for an error status. */
export async function unwrap<Data>(call: Promise<Result<Data>>): Promise<Data> {
  const { data, error, response } = await call;
  if (response.ok) return data as Data;
  throw new ApiError(response.status, problemOf(response, error));
}

/** The problem in the body, or one made from the status if a proxy answered. */
function problemOf({ status, statusText }: Response, error: unknown): Problem {
  if (typeof error === "object" && error !== null && "title" in error) return error as Problem;
  return { type: "about:blank", status, title: statusText, detail: String(error ?? ""), request_id: "" };
}
