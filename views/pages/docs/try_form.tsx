import { Button } from "../../components/button.tsx";
import { TextAreaField, TextField } from "../../components/field.tsx";
import { hx } from "../../components/hx.ts";
import { Icon } from "../../components/icon.tsx";
import { TextLink } from "../../components/link.tsx";
import { CodePanel } from "./code_panel.tsx";
import { pretty } from "./code_samples.ts";
import type { ReferenceField, ReferenceOperation } from "./reference.ts";
import { docsText } from "./text.ts";

/** A form that sends a real request of one operation, with a key, a token or the sign-in of a reader who has a `workspace`. */
export function TryForm(
  { operation, workspace }: { operation: ReferenceOperation; workspace?: string },
) {
  const text = docsText.use();
  const { id, credential, pathFields, queryFields, bodyExample } = operation;
  const answer = `${id}-answer`;
  return (
    <details class="group min-w-0 rounded-lg border border-line bg-surface">
      <summary class="flex min-h-11 items-center justify-between gap-2 px-4 font-medium">
        {text.tryIt}
        <Icon name="chevron-down" class="text-muted transition-transform group-open:rotate-180" />
      </summary>
      <form
        method="post"
        action={`/docs/requests/${id}`}
        class="grid gap-4 border-t border-line p-4"
        {...hx({ post: `/docs/requests/${id}`, target: `#${answer}`, swap: "innerHTML" })}
      >
        <p class="text-sm text-muted">
          {credential === "none" ? text.tryLead : text.tryLeadWithKey(workspace)}
        </p>
        {credential === "none" ? null : (
          <>
            <TextField
              id={`${id}-credential`}
              name="credential"
              label={credential === "token" ? text.token : text.credential}
              hint={workspace ? text.credentialHint : undefined}
              optional={workspace !== undefined}
              type="password"
              autocomplete="off"
              class="font-mono"
            />
            <TextField
              id={`${id}-workspace`}
              name="workspace"
              label={text.workspace}
              hint={text.workspaceHint}
              value={workspace}
              optional
            />
          </>
        )}
        <Parameters id={id} kind="path" fields={pathFields} />
        <Parameters id={id} kind="query" fields={queryFields} />
        {bodyExample === undefined ? null : (
          <TextAreaField
            id={`${id}-body`}
            name="body"
            label={text.body}
            rows={8}
            value={pretty(bodyExample)}
            class="font-mono text-sm"
            spellcheck={false}
          />
        )}
        <Button class="justify-self-start">{text.send}</Button>
        <div id={answer} aria-live="polite" class="min-w-0"></div>
      </form>
    </details>
  );
}

function Parameters(
  { id, kind, fields }: { id: string; kind: "path" | "query"; fields: ReferenceField[] },
) {
  return (
    <>
      {fields.map(({ name, isRequired, rules: [rule] }) => (
        <TextField
          key={name}
          id={`${id}-${kind}-${name}`}
          name={`${kind}.${name}`}
          label={name}
          hint={rule}
          optional={!isRequired}
        />
      ))}
    </>
  );
}

export type SentRequest = {
  method: string;
  path: string;
  status: number;
  milliseconds: number;
  /** The body as text; JSON is formatted. */
  body: string;
};

/** The response to a request that the form sent. */
export function RequestOutcome({ sent }: { sent: SentRequest }) {
  const text = docsText.use();
  const { method, path, status, milliseconds, body } = sent;
  return (
    <CodePanel
      title={text.sentTo(method, path)}
      end={<span class="tabular-nums">{text.answered(status, milliseconds)}</span>}
      label={text.response}
      code={body || text.noBody}
    />
  );
}

/** The same as a page, for browsers without JavaScript. */
export function RequestOutcomePage({ sent, back }: { sent: SentRequest; back: string }) {
  return (
    <div class="mx-auto grid max-w-[46rem] gap-4 px-5 py-10">
      <h1 class="text-2xl font-semibold tracking-tighter">{docsText.use().response}</h1>
      <RequestOutcome sent={sent} />
      <p>
        <TextLink href={back}>{docsText.use().backToOperation}</TextLink>
      </p>
    </div>
  );
}
