import type { FieldErrors } from "../../../src/errors.ts";
import { Alert } from "../../components/alert.tsx";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Checkbox } from "../../components/checkbox.tsx";
import { FieldError, TextAreaField, TextField } from "../../components/field.tsx";
import { FormKeyField } from "../../components/form_key.tsx";
import { webhookText } from "./text.ts";
import { WEBHOOKS_PATH } from "./webhook_address.ts";

/** An event to choose, such as `project.created` of `project`. */
export type EventChoice = { type: string; noun: string; description: string };

export type EndpointValues = {
  url?: string;
  description?: string;
  events: readonly string[];
  headers?: string;
  rate_limit?: string;
};

export type EndpointFormProps = {
  /** The webhook to change; absent for a new one. */
  endpoint?: { id: string; headerNames: string[] };
  choices: EventChoice[];
  values: EndpointValues;
  errors?: FieldErrors;
  problem?: string;
};

/** The form for a new webhook or a change. */
export function EndpointForm({ endpoint, choices, values, errors = {}, problem }: EndpointFormProps) {
  const { form: text } = webhookText.use();
  const back = endpoint ? `${WEBHOOKS_PATH}/${endpoint.id}` : WEBHOOKS_PATH;
  return (
    <div class="max-w-xl">
      <Card>
        <form method="post" action={back} novalidate class="grid gap-6">
          {problem ? <Alert kind="error">{problem}</Alert> : null}
          {endpoint ? null : <FormKeyField />}
          <TextField
            id="webhook-url"
            name="url"
            type="url"
            label={text.url}
            hint={text.urlHint}
            value={values.url}
            error={errors.url}
            maxlength={2_000}
            autocomplete="off"
            placeholder={text.urlExample}
            dir="ltr"
            autofocus={!endpoint || errors.url ? true : undefined}
          />
          <TextField
            id="webhook-description"
            name="description"
            label={text.description}
            optional
            value={values.description}
            error={errors.description}
            maxlength={200}
            autocomplete="off"
            dir="auto"
          />
          <EventFields choices={choices} chosen={values.events} error={errors.events} />
          <HeaderFields endpoint={endpoint} value={values.headers} error={errors.headers} />
          <TextField
            id="webhook-rate"
            name="rate_limit"
            label={text.rate}
            hint={text.rateHint}
            optional
            value={values.rate_limit}
            error={errors.rate_limit ?? errors.rateLimit}
            inputmode="numeric"
            autocomplete="off"
            dir="ltr"
          />
          <div class="flex flex-wrap gap-2">
            <Button variant="primary">{endpoint ? text.save : text.create}</Button>
            <ButtonLink href={back}>{text.cancel}</ButtonLink>
          </div>
        </form>
      </Card>
    </div>
  );
}

function HeaderFields(
  { endpoint, value, error }: { endpoint: EndpointFormProps["endpoint"]; value?: string; error?: string },
) {
  const { form: text } = webhookText.use();
  const names = endpoint?.headerNames ?? [];
  return (
    <div class="grid gap-2">
      <TextAreaField
        id="webhook-headers"
        name="headers"
        label={text.headers}
        hint={names.length > 0 ? text.headersKept(names) : text.headersHint}
        optional
        value={value}
        error={error}
        rows={3}
        spellcheck={false}
        dir="ltr"
      />
      {names.length > 0
        ? <Checkbox id="webhook-clear-headers" name="clear_headers" value="1" label={text.clearHeaders} />
        : null}
    </div>
  );
}

function EventFields(
  { choices, chosen, error }: { choices: EventChoice[]; chosen: readonly string[]; error?: string },
) {
  const { form: text } = webhookText.use();
  const nouns = [...Map.groupBy(choices, ({ noun }) => noun)];
  return (
    <fieldset class="min-w-0" aria-describedby={error ? "events-error" : undefined}>
      <legend class="mb-2 font-medium">{text.events}</legend>
      <div class="divide-y divide-line overflow-hidden rounded-md border border-field">
        <div class="px-3 py-1.5">
          <EventBox value="*" label={text.everyEvent} chosen={chosen} />
        </div>
        {nouns.map(([noun, events]) => (
          <div key={noun} role="group" aria-label={text.allOf(noun)} class="px-3 py-1.5">
            {events.length > 1
              ? <EventBox value={`${noun}.*`} label={text.allOf(noun)} chosen={chosen} />
              : null}
            {events.map(({ type, description }) => (
              <EventBox key={type} value={type} label={type} hint={description} chosen={chosen} isCode />
            ))}
          </div>
        ))}
      </div>
      {error
        ? (
          <div class="mt-1.5">
            <FieldError id="events-error" text={error} />
          </div>
        )
        : null}
    </fieldset>
  );
}

function EventBox(
  { value, label, hint, chosen, isCode = false }: {
    value: string;
    label: string;
    hint?: string;
    chosen: readonly string[];
    isCode?: boolean;
  },
) {
  return (
    <label class="flex items-start gap-2.5 py-1 max-sm:py-2.5">
      <input
        type="checkbox"
        name="events"
        value={value}
        checked={chosen.includes(value)}
        class="mt-0.5 size-4 shrink-0"
      />
      <span class="min-w-0">
        <span class={isCode ? "font-mono text-sm" : ""}>{label}</span>
        {hint ? <span class="block text-sm text-muted">{hint}</span> : null}
      </span>
    </label>
  );
}
