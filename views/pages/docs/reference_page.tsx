import { Badge } from "../../components/badge.tsx";
import { usePage } from "../../page.tsx";
import { CodePanel } from "./code_panel.tsx";
import { codeSample, LANGUAGE_NAMES, pretty } from "./code_samples.ts";
import { DocsFrame } from "./docs_frame.tsx";
import { FieldList } from "./field_list.tsx";
import {
  type DocsNavigation,
  LANGUAGES,
  type Reader,
  type ReferenceAnswer,
  type ReferenceGroup,
  type ReferenceOperation,
} from "./reference.ts";
import { RichText } from "./rich_text.tsx";
import { docsText } from "./text.ts";
import { TryForm } from "./try_form.tsx";

/** `/docs/reference/…`: the operations of one resource, each beside its code. */
export function ReferencePage(
  { navigation, group, reader, workspace }: {
    navigation: DocsNavigation;
    group: ReferenceGroup;
    reader: Reader;
    /** The name in the address of the reader's workspace. */
    workspace?: string;
  },
) {
  return (
    <DocsFrame navigation={navigation} group={group}>
      <h1 class="text-2xl font-semibold tracking-tighter">{group.title}</h1>
      <div class="divide-y divide-line">
        {group.operations.map((operation) => (
          <Operation key={operation.id} operation={operation} reader={reader} workspace={workspace} />
        ))}
      </div>
    </DocsFrame>
  );
}

function Operation(
  { operation, reader, workspace }: { operation: ReferenceOperation; reader: Reader; workspace?: string },
) {
  const text = docsText.use();
  const { id, method, path, title, description, isPublic, answers } = operation;
  const [answer] = answers.filter(({ status }) => status.startsWith("2"));
  const problems = answers.filter(({ status }) => !status.startsWith("2"));
  return (
    <section
      id={id}
      aria-labelledby={`${id}-title`}
      class="grid grid-cols-1 gap-x-8 gap-y-6 py-10 min-[76rem]:grid-cols-[minmax(0,1fr)_26rem]"
    >
      <div class="min-w-0">
        <h2 id={`${id}-title`} class="text-xl font-semibold">
          <a href={`${usePage().path}#${id}`} class="hover:underline">{title}</a>
        </h2>
        <p class="mt-2 flex flex-wrap items-center gap-2">
          <Badge>{method}</Badge>
          <code class="wrap-anywhere">/api/v1{path}</code>
        </p>
        {description
          ? (
            <p class="mt-3 text-muted">
              <RichText text={description} />
            </p>
          )
          : null}
        {isPublic ? <p class="mt-3 text-muted">{text.publicOperation}</p> : null}
        <FieldList title={text.pathParameters} fields={operation.pathFields} />
        <FieldList title={text.queryParameters} fields={operation.queryFields} />
        <FieldList title={text.headers} fields={operation.headerFields} />
        <FieldList title={text.body} fields={operation.bodyFields} />
        {answer ? <FieldList title={text.response} fields={answer.fields} isAnswer /> : null}
        <Problems answers={problems} />
      </div>
      <div class="grid min-w-0 content-start gap-4 min-[76rem]:sticky min-[76rem]:top-6 min-[76rem]:self-start">
        <CodePanel
          title={`${method} ${path}`}
          end={<Languages id={id} title={title} language={reader.language} />}
          label={text.request}
          code={codeSample(operation, reader.origin, reader.language)}
        />
        {answer ? <Answer answer={answer} /> : null}
        <TryForm operation={operation} workspace={workspace} />
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
  const code = example === undefined ? text.noContent : pretty(example);
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
