import { hx } from "../../components/hx.ts";
import { fill } from "../../text.ts";
import { signUpText } from "./text.ts";

/**
 * What is known about an address. `suggested` is made from the company's name; `replaces` is the value of the field that it may
 * replace, or null if it is only offered.
 */
export type AddressState =
  | { kind: "unknown" }
  | { kind: "available"; subdomain: string }
  | { kind: "suggested"; subdomain: string; replaces: string | null }
  | { kind: "unavailable"; problem: string; suggestion: string | null };

export type AddressFieldProps = {
  value?: string;
  /** The value that was suggested, and that another company name may replace. */
  suggested?: string;
  error?: string;
  autofocus?: boolean;
  /** The part of a workspace's host after the subdomain: `.localhost:8000`. */
  hostSuffix: string;
};

/** The htmx options of the fields that the check reads. */
const CHECK = {
  get: "/signup/address",
  trigger: "input changed delay:300ms",
  target: "#subdomain-status",
  swap: "innerHTML",
  sync: "#subdomain:replace",
};

/** A new workspace's address, checked while someone types it. Without JavaScript, the form checks it. */
export function AddressField({ value, suggested = "", error, autofocus, hostSuffix }: AddressFieldProps) {
  const text = signUpText.use();
  return (
    <div class="grid grid-cols-1 content-start gap-1.5">
      <label for="subdomain" class="text-base font-medium">{text.address}</label>
      <div class="flex items-center rounded-md border border-field bg-surface transition-colors focus-within:outline-2 focus-within:outline-accent hover:border-muted has-aria-invalid:border-danger">
        <input
          id="subdomain"
          name="subdomain"
          value={value}
          required
          autofocus={autofocus}
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          class="h-9 w-full min-w-0 flex-1 rounded-md bg-transparent ps-3 text-base text-ink outline-none max-sm:h-11 max-sm:text-md"
          aria-describedby="subdomain-status"
          aria-invalid={error ? "true" : undefined}
          {...hx({ ...CHECK, include: "#company-name" })}
        />
        <span class="max-w-1/2 truncate ps-1 pe-3 text-muted">{hostSuffix}</span>
      </div>
      <div id="subdomain-status" aria-live="polite" class="text-sm wrap-anywhere">
        {error
          ? <p id="subdomain-error" class="text-danger">{error}</p>
          : <AddressStatus state={{ kind: "unknown" }} hostSuffix={hostSuffix} />}
      </div>
      <input type="hidden" id="suggested" name="suggested" value={suggested} />
    </div>
  );
}

/** The htmx attributes of the company's name, from which the server suggests an address. */
export function suggestsAddress(): Record<string, string> {
  return hx({ ...CHECK, include: "#subdomain, #suggested" });
}

/** The line below the address. htmx replaces it. */
export function AddressStatus({ state, hostSuffix }: { state: AddressState; hostSuffix: string }) {
  const text = signUpText.use();
  if (state.kind === "unknown") return <p class="text-muted" x-data="address">{text.addressHint}</p>;
  if (state.kind === "unavailable") return <Unavailable {...state} />;
  const offered = state.kind === "suggested" && state.replaces === null ? state.subdomain : null;
  const replaces = state.kind === "suggested" ? state.replaces ?? undefined : undefined;
  return (
    <p class="text-success" x-data="address" data-address={state.subdomain} data-replaces={replaces}>
      {fill(text.addressAvailable, { address: state.subdomain + hostSuffix })}
      {offered ? <UseButton suggestion={offered} /> : null}
    </p>
  );
}

function Unavailable({ problem, suggestion }: { problem: string; suggestion: string | null }) {
  return (
    <p class="text-danger" x-data="address" data-problem data-address={suggestion ?? undefined}>
      {problem}
      {suggestion ? <UseButton suggestion={suggestion} /> : null}
    </p>
  );
}

function UseButton({ suggestion }: { suggestion: string }) {
  return (
    <button
      type="button"
      x-on:click="use"
      class="ms-1 rounded-sm font-medium text-accent-ink underline underline-offset-2"
    >
      {signUpText.use().useAddress(suggestion)}
    </button>
  );
}
