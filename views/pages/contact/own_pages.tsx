import type { Child } from "hono/jsx";
import type { Contact } from "../../../src/contacts/contact.ts";
import type { ContactList } from "../../../src/contacts/lists.ts";
import { Alert } from "../../components/alert.tsx";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Checkbox } from "../../components/checkbox.tsx";
import { TextField } from "../../components/field.tsx";
import { TextLink } from "../../components/link.tsx";
import { FormColumn } from "../../layouts/site_layout.tsx";
import { fill } from "../../text.ts";
import { ownContactText } from "./text.ts";

/** `path` is the address of the contact's own page. The address is masked, because the email may have been forwarded. */
export type OwnProps = { path: string; workspace: string; mark: Child };

/** `/contact/:token`: what a contact gets, and what is kept about them. */
export function PreferencesPage(
  { path, workspace, mark, contact, address, lists, isSaved }: OwnProps & {
    contact: Contact;
    address: string;
    lists: ContactList[];
    isSaved?: boolean;
  },
) {
  const text = ownContactText.use();
  const isSubscribed = contact.consent === "given";
  return (
    <FormColumn
      mark={mark}
      title={text.preferences}
      lead={fill(isSubscribed ? text.sentTo : text.notSentTo, { address, workspace: <bdi>{workspace}</bdi> })}
    >
      {isSaved ? <Alert kind="success">{text.saved}</Alert> : null}
      <Card title={text.what}>
        <form method="post" action={path} class="grid gap-5">
          <div class="grid gap-1">
            <Checkbox
              id="consent"
              name="consent"
              value="yes"
              label={text.consent(workspace)}
              checked={isSubscribed}
            />
            {lists.map(({ id, name, description }) => (
              <Checkbox
                key={id}
                id={`list-${id}`}
                name="lists"
                value={id}
                label={name}
                hint={description || undefined}
                checked={contact.listIds.includes(id)}
              />
            ))}
          </div>
          <div class="flex flex-wrap gap-2">
            <Button variant="primary">{text.save}</Button>
            {isSubscribed ? <Button formaction={`${path}/unsubscribe`}>{text.unsubscribeAll}</Button> : null}
          </div>
        </form>
      </Card>
      <Card title={text.data}>
        <div class="grid gap-4">
          <p class="text-muted">{text.dataHint(workspace)}</p>
          <div class="flex flex-wrap gap-2">
            <ButtonLink href={`${path}/data`}>{text.download}</ButtonLink>
            <ButtonLink href={`${path}/erase`}>{text.erase}</ButtonLink>
          </div>
        </div>
      </Card>
    </FormColumn>
  );
}

/** `/contact/:token/unsubscribe`. Only the button changes something, because link scanners open the page, too. */
export function UnsubscribeQuestion({ path, workspace, mark }: OwnProps) {
  const text = ownContactText.use();
  return (
    <FormColumn
      mark={mark}
      title={text.unsubscribeQuestion(workspace)}
      lead={fill(text.unsubscribeLead, { workspace: <bdi>{workspace}</bdi> })}
    >
      <form method="post" action={`${path}/unsubscribe`} class="grid">
        <Button variant="primary" size="large">{text.unsubscribe}</Button>
      </form>
      <p>
        <TextLink href={path}>{text.changeMind}</TextLink>
      </p>
    </FormColumn>
  );
}

export function UnsubscribedPage({ path, workspace, mark }: OwnProps) {
  const text = ownContactText.use();
  return (
    <FormColumn
      mark={mark}
      title={text.unsubscribed}
      lead={fill(text.unsubscribedLead, { workspace: <bdi>{workspace}</bdi> })}
    >
      <p>
        <TextLink href={path}>{text.changeMind}</TextLink>
      </p>
    </FormColumn>
  );
}

/** What the form for the contact's address shows again after a refusal. */
type AddressProps = { email?: string; error?: string };

/** `/contact/:token/data`. The form downloads the data. */
export function DataPage({ path, workspace, mark, ...address }: OwnProps & AddressProps) {
  const text = ownContactText.use();
  return (
    <FormColumn
      mark={mark}
      title={text.dataTitle}
      lead={fill(text.dataLead, { workspace: <bdi>{workspace}</bdi> })}
    >
      <AddressForm {...address} action={`${path}/data`} back={path}>
        <Button variant="primary">{text.download}</Button>
      </AddressForm>
    </FormColumn>
  );
}

/** `/contact/:token/erase`. */
export function ErasePage({ path, workspace, mark, ...address }: OwnProps & AddressProps) {
  const text = ownContactText.use();
  return (
    <FormColumn
      mark={mark}
      title={text.eraseTitle}
      lead={fill(text.eraseLead, { workspace: <bdi>{workspace}</bdi> })}
    >
      <AddressForm {...address} action={`${path}/erase`} back={path}>
        <Button variant="danger">{text.erase}</Button>
      </AddressForm>
    </FormColumn>
  );
}

function AddressForm(
  { action, back, email, error, children }: AddressProps & { action: string; back: string; children: Child },
) {
  const text = ownContactText.use();
  return (
    <form method="post" action={action} novalidate class="grid gap-5">
      <TextField
        id="email"
        name="email"
        type="email"
        label={text.email}
        hint={text.emailHint}
        value={email}
        error={error}
        autocomplete="email"
      />
      <div class="flex flex-wrap gap-2">
        {children}
        <ButtonLink href={back}>{text.cancel}</ButtonLink>
      </div>
    </form>
  );
}

export function ErasedPage({ workspace, mark }: Omit<OwnProps, "path">) {
  const text = ownContactText.use();
  return (
    <FormColumn
      mark={mark}
      title={text.erased}
      lead={fill(text.erasedLead, { workspace: <bdi>{workspace}</bdi> })}
    />
  );
}

/** `/subscribe/:list`. */
export function SubscribePage(
  { list, workspace, mark, values = {}, errors = {}, problem }: Omit<OwnProps, "path"> & {
    list: ContactList;
    values?: { email?: string; name?: string };
    errors?: Record<string, string>;
    problem?: string;
  },
) {
  const text = ownContactText.use();
  return (
    <FormColumn
      mark={mark}
      title={text.subscribeTo(list.name)}
      lead={list.description || fill(text.from, { workspace: <bdi>{workspace}</bdi> })}
    >
      {problem ? <Alert kind="error">{problem}</Alert> : null}
      <form method="post" action={`/subscribe/${list.id}`} novalidate class="grid gap-5">
        <TextField
          id="email"
          name="email"
          type="email"
          label={text.email}
          value={values.email}
          error={errors.email}
          autocomplete="email"
        />
        <TextField
          id="name"
          name="name"
          label={text.name}
          optional
          value={values.name}
          error={errors.name}
          maxlength={120}
          autocomplete="name"
        />
        <Button variant="primary" size="large">{text.subscribe}</Button>
      </form>
    </FormColumn>
  );
}

export function CheckEmailPage({ address, mark }: { address: string; mark: Child }) {
  const text = ownContactText.use();
  return (
    <FormColumn
      mark={mark}
      title={text.checkEmail}
      lead={fill(text.checkEmailLead, { address: <bdi>{address}</bdi> })}
    />
  );
}

/** `/subscribe/confirm/:token`. Only the button changes something. */
export function ConfirmPage(
  { token, list, address, workspace, mark, problem }: Omit<OwnProps, "path"> & {
    token: string;
    list: ContactList;
    address: string;
    problem?: string;
  },
) {
  const text = ownContactText.use();
  return (
    <FormColumn
      mark={mark}
      title={text.confirmTitle(list.name)}
      lead={fill(text.confirmLead, { workspace: <bdi>{workspace}</bdi>, address })}
    >
      {problem ? <Alert kind="error">{problem}</Alert> : null}
      <form method="post" action={`/subscribe/confirm/${token}`} class="grid">
        <Button variant="primary" size="large">{text.confirm}</Button>
      </form>
    </FormColumn>
  );
}

export function ConfirmedPage({ path, list, workspace, mark }: OwnProps & { list: ContactList }) {
  const text = ownContactText.use();
  return (
    <FormColumn
      mark={mark}
      title={text.confirmed}
      lead={fill(text.confirmedLead, { workspace: <bdi>{workspace}</bdi>, list: <bdi>{list.name}</bdi> })}
    >
      <p>
        <TextLink href={path}>{text.changeMind}</TextLink>
      </p>
    </FormColumn>
  );
}
