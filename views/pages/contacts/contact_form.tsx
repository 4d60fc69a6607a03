import type { Consent } from "../../../src/contacts/contact.ts";
import type { ErrorKind } from "../../../src/errors.ts";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Checkbox } from "../../components/checkbox.tsx";
import { FieldError, TextAreaField, TextField } from "../../components/field.tsx";
import { FormKeyField } from "../../components/form_key.tsx";
import { FormProblem } from "../../components/upgrade_notice.tsx";
import { fill } from "../../text.ts";
import { contactText } from "./text.ts";

/** The fields as the form sends them. `lists` and `tags` are texts. */
export type ContactValues = {
  email?: string;
  name?: string;
  external_id?: string;
  tags?: string;
  fields?: string;
  consent?: string;
  lists?: string;
};

export type ContactFormProps = {
  /** The contact to change; absent for a new one. */
  contact?: { id: string; name: string; email: string; version: number; consent: Consent };
  lists: { id: string; name: string }[];
  values?: ContactValues;
  errors?: Record<string, string>;
  kind?: ErrorKind;
  problem?: string;
};

/** `/contacts/new` and `/contacts/:id/edit`. */
export function ContactFormPage(props: ContactFormProps) {
  return (
    <div class="max-w-xl">
      <Card>
        <ContactForm {...props} />
      </Card>
    </div>
  );
}

function ContactForm({ contact, lists, values = {}, errors = {}, kind, problem }: ContactFormProps) {
  const { form: text } = contactText.use();
  const chosen = new Set(values.lists?.split(" "));
  return (
    <form
      method="post"
      action={contact ? `/contacts/${contact.id}` : "/contacts"}
      novalidate
      class="grid gap-5"
    >
      <FormProblem kind={kind} problem={problem} />
      {contact ? <input type="hidden" name="version" value={contact.version} /> : <FormKeyField />}
      <TextField
        id="contact-email"
        name="email"
        type="email"
        label={text.email}
        value={values.email}
        error={errors.email}
        maxlength={254}
        autocomplete="off"
        autofocus
      />
      <TextField
        id="contact-name"
        name="name"
        label={text.name}
        optional
        value={values.name}
        error={errors.name}
        maxlength={120}
        autocomplete="off"
      />
      <TextField
        id="contact-external-id"
        name="external_id"
        label={text.externalId}
        hint={text.externalIdHint}
        optional
        value={values.external_id}
        error={errors.external_id}
        maxlength={200}
        autocomplete="off"
      />
      <TextField
        id="contact-tags"
        name="tags"
        label={text.tags}
        hint={text.tagsHint}
        optional
        value={values.tags}
        error={errorOf(errors, "tags")}
        autocomplete="off"
      />
      <TextAreaField
        id="contact-fields"
        name="fields"
        label={text.fields}
        hint={text.fieldsHint}
        optional
        value={values.fields}
        error={errorOf(errors, "fields")}
      />
      {lists.length > 0
        ? (
          <fieldset class="grid gap-1">
            <legend class="mb-1 text-base font-medium">{text.lists}</legend>
            {lists.map(({ id, name }) => (
              <Checkbox id={`list-${id}`} name="lists" value={id} label={name} checked={chosen.has(id)} />
            ))}
            {errors.lists ? <FieldError id="contact-lists-error" text={errors.lists} /> : null}
          </fieldset>
        )
        : null}
      <ConsentField consent={contact?.consent} isChecked={values.consent === "yes"} error={errors.consent} />
      <div class="flex flex-wrap gap-2">
        <Button variant="primary">{contact ? text.save : text.create}</Button>
        <ButtonLink href={contact ? `/contacts/${contact.id}` : "/contacts"}>{text.cancel}</ButtonLink>
      </div>
    </form>
  );
}

function ConsentField(
  { consent, isChecked, error }: { consent?: Consent; isChecked: boolean; error?: string },
) {
  const { form: text } = contactText.use();
  if (consent === "withdrawn") return <p class="text-muted">{text.withdrawn}</p>;
  return (
    <Checkbox
      id="contact-consent"
      name="consent"
      value="yes"
      label={text.consent}
      hint={consent === "given" ? text.unsubscribes : text.consentHint}
      checked={isChecked}
      error={error}
    />
  );
}

/** The problem of a field, or of one of its items. */
function errorOf(errors: Record<string, string>, field: string): string | undefined {
  return Object.entries(errors).find(([name]) => name === field || name.startsWith(`${field}.`))?.[1];
}

/** A page that asks before something is deleted. `warning` names it as `{name}`. */
export function DeletePage(
  { action, back, warning, name, button }: {
    action: string;
    back: string;
    warning: string;
    name: string;
    button: string;
  },
) {
  return (
    <div class="max-w-xl">
      <Card>
        <form method="post" action={action} class="grid gap-5">
          <p class="text-muted wrap-anywhere">
            {fill(warning, {
              name: (
                <strong class="font-semibold text-ink">
                  <bdi>{name}</bdi>
                </strong>
              ),
            })}
          </p>
          <div class="flex flex-wrap gap-2">
            <Button variant="danger">{button}</Button>
            <ButtonLink href={back} autofocus>{contactText.use().form.cancel}</ButtonLink>
          </div>
        </form>
      </Card>
    </div>
  );
}
