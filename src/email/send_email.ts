import { job } from "../outbox/job.ts";
import { emailRequest } from "./email_requests.ts";

/** Sends one email to one person. Its id is the email's, so that a second attempt sends the same email. */
export const SEND_EMAIL = job("email.send", {
  queue: "email",
  payload: emailRequest,
  byTenants: true,
  run: async (run, request) => {
    const { deliverRequested } = await import("./deliver_requested.ts");
    await deliverRequested(run, request);
  },
});
