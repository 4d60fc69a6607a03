import type { Child } from "hono/jsx";
import { Badge } from "../../components/badge.tsx";
import { usePage } from "../../page.tsx";
import { TextLink } from "../../components/link.tsx";
import { CodePanel } from "./code_panel.tsx";
import { codeSample, LANGUAGE_NAMES, pretty } from "./code_samples.ts";
import { DocsFrame } from "./docs_frame.tsx";
import { FieldList } from "./field_list.tsx";
import {
  type DocsNavigation,
  LANGUAGES,
  type Reader,
  type ReferenceAnswer,
  type ReferenceEvent,
  type ReferenceGroup,
  type ReferenceOperation,
} from "./reference.ts";
import { RichText } from "./rich_text.tsx";
import { docsText } from "./text.ts";
import { TryForm } from "./try_form.tsx";

/** `/docs/reference/…`: the operations of one resource, each beside its code, or the events of webhooks, each beside a payload. */
export function ReferencePage(
  { navigation, group, reader }: { navigation: DocsNavigation; group: ReferenceGroup; reader: Reader },
) {
  const text = docsText.use();
  return (
    <DocsFrame navigation={navigation} group={group}>
      <h1 class="text-2xl font-semibold tracking-tighter">{group.title}</h1>
      {group.events.length > 0
        ? (
          <p class="mt-3 text-muted">
            {text.eventsLead} <TextLink href="/docs/guides/webhooks">{text.eventsGuide}</TextLink>
          </p>
        )
        : null}
      <div class="divide-y divide-line">
        {group.operations.map((operation) => (
          <Operation key={operation.id} operation={operation} reader={reader} />
        ))}
        {group.events.map((event) => <Event key={event.id} event={event} />)}
      </div>
    </DocsFrame>
  );
}

function Operation(
  { operation, reader }: { operation: ReferenceOperation; reader: Reader },
) {
  const text = docsText.use();
  const { id, method, path, title, description, credential, answers } = operation;
  const [answer] = answers.filter(({ status }) => status.startsWith("2"));
  const comment = credential === "key" && reader.keyPrefix ? text.ownKey(reader.keyPrefix) : "";
  const problems = answers.filter(({ status }) => !status.startsWith("2"));
  return (
    <Part
      id={id}
      title={title}
      description={description}
      lead={
        <p class="mt-2 flex flex-wrap items-center gap-2">
          <Badge>{method}</Badge>
          <code class="wrap-anywhere">/api/v1{path}</code>
        </p>
      }
      code={
        <>
          <CodePanel
            title={`${method} ${path}`}
            end={<Languages id={id} title={title} language={reader.language} />}
            label={text.request}
            code={codeSample(operation, reader.origin, reader.language, comment)}
          />
          {answer ? <Answer answer={answer} /> : null}
          <TryForm operation={operation} workspace={reader.workspace} />
        </>
      }
    >
      {credential === "none" ? <p class="mt-3 text-muted">{text.publicOperation}</p> : null}
      <FieldList title={text.pathParameters} fields={operation.pathFields} />
      <FieldList title={text.queryParameters} fields={operation.queryFields} />
      <FieldList title={text.headers} fields={operation.headerFields} />
      <FieldList title={text.body} fields={operation.bodyFields} />
      {answer ? <FieldList title={text.response} fields={answer.fields} isAnswer /> : null}
      <Problems answers={problems} />
    </Part>
  );
}

function Event({ event: { id, description, fields, example } }: { event: ReferenceEvent }) {
  const text = docsText.use();
  return (
    <Part
      id={id}
      title={id}
      description={description}
      code={<CodePanel title={id} label={text.payloadOf(id)} code={pretty(example)} />}
    >
      <FieldList title={text.childFields("data")} fields={fields} isAnswer />
    </Part>
  );
}

/** A section of the page: what it is about beside its code. */
function Part(
  { id, title, lead, description, code, children }: {
    id: string;
    title: string;
    lead?: Child;
    description: string;
    code: Child;
    children?: Child;
  },
) {
  return (
    <section
      id={id}
      aria-labelledby={`${id}-title`}
      class="grid grid-cols-1 gap-x-8 gap-y-6 py-10 min-[76rem]:grid-cols-[minmax(0,1fr)_26rem]"
    >
      <div class="min-w-0">
        <h2 id={`${id}-title`} class="text-xl font-semibold wrap-anywhere">
          <a href={`${usePage().path}#${id}`} class="hover:underline">{title}</a>
        </h2>
        {lead}
        {description
          ? (
            <p class="mt-3 text-muted">
              <RichText text={description} />
            </p>
          )
          : null}
        {children}
      </div>
      <div class="grid min-w-0 content-start gap-4 min-[76rem]:sticky min-[76rem]:top-6 min-[76rem]:self-start">
        {code}
      </div>
    </section>
  );
}

/** Links that show all samples in another language. */
function Languages(
  { id, title, language }: { id: string; title: string; language: Reader["language"] },
) {
  const { path } = usePage();
  return (
    <nav aria-label={docsText.use().languageOf(title)} class="flex gap-3">
      {LANGUAGES.map((each) => (
        <a
          key={each}
          href={`${path}?lang=${each}#${id}`}
          aria-current={each === language ? "true" : undefined}
          class={each === language ? "font-medium text-ink" : "hover:text-ink"}
        >
          {LANGUAGE_NAMES[each]}
        </a>
      ))}
    </nav>
  );
}

function Answer({ answer: { status, description, example } }: { answer: ReferenceAnswer }) {
  const text = docsText.use();
  const code = typeof example === "string"
    ? example
    : example === undefined
    ? text.noContent
    : pretty(example);
  return <CodePanel title={`${status} ${description}`} label={text.response} code={code} />;
}

function Problems({ answers }: { answers: ReferenceAnswer[] }) {
  if (answers.length === 0) return null;
  return (
    <details class="mt-6 rounded-md border border-line">
      <summary class="flex min-h-11 items-center px-3 font-medium">{docsText.use().otherResponses}</summary>
      <dl class="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-2 border-t border-line p-3">
        {answers.map(({ status, description }) => (
          <>
            <dt class="tabular-nums">
              <a href="/docs/guides/errors" class="hover:underline">{status}</a>
            </dt>
            <dd class="text-muted">
              <RichText text={description} />
            </dd>
          </>
        ))}
      </dl>
    </details>
  );
}
