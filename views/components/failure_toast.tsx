import { failureText } from "./failure_text.ts";
import { Toast } from "./toast.tsx";

/** The toast for a request of htmx without a response of ours. views/static/app.js shows it with one of the texts. */
export function FailureToast() {
  const { offline, slow, unreachable, broken } = failureText.use();
  const texts = {
    "data-offline": offline,
    "data-slow": slow,
    "data-unreachable": unreachable,
    "data-broken": broken,
  };
  return (
    <template id="failure" {...texts}>
      <Toast kind="error" text="" />
    </template>
  );
}
