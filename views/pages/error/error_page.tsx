import type { Child } from "hono/jsx";
import { Button, ButtonLink } from "../../components/button.tsx";
import { classes } from "../../components/classes.ts";
import { usePage } from "../../page.tsx";
import { fill } from "../../text.ts";
import { errorText } from "./text.ts";

/** Sends the failed request again: opens a page, or submits a form with the same values. */
export type Retry = { href: string } | { action: string; fields: Record<string, string> };

export type ErrorPageProps = {
  status: number;
  title: string;
  detail: string;
  hint?: string;
  /** Shown for server errors, so that people can send it to support. */
  requestId?: string;
  /** The link back to the home page. */
  home: string;
  retry?: Retry;
  /** The link to the sign-in page, if signing in helps. */
  signIn?: string;
  /** The link to the plans, if a larger one helps. */
  plans?: string;
  /** Whether the layout shows the title, as the bar of a shell does. */
  isTitled?: boolean;
};

/** An error, what to do about it, and a link back to the home page. */
export function ErrorPage(
  { status, title, detail, hint, requestId, home, retry, signIn, plans, isTitled = false }: ErrorPageProps,
) {
  const text = errorText.use();
  return (
    <ErrorColumn label={text.status(status)} title={title} isTitled={isTitled}>
      <p class="text-muted wrap-anywhere" dir="auto">{hint ? `${detail} ${hint}` : detail}</p>
      <div class="mt-4 flex flex-wrap gap-2">
        {retry ? <RetryButton retry={retry} /> : null}
        {signIn ? <ButtonLink href={signIn} variant="primary">{text.signIn}</ButtonLink> : null}
        {plans ? <ButtonLink href={plans} variant="primary">{text.comparePlans}</ButtonLink> : null}
        <ButtonLink href={home}>{text.home}</ButtonLink>
      </div>
      {requestId
        ? (
          <p class="mt-4 text-sm text-muted">
            {fill(text.report, { id: <code class="wrap-anywhere">{requestId}</code> })}
          </p>
        )
        : null}
    </ErrorColumn>
  );
}

/** The answer of every host that isn't a workspace's. `address` is absent if the host is none of ours. */
export function NoWorkspacePage({ address }: { address?: string }) {
  const { apexUrl } = usePage();
  const text = errorText.use();
  const title = address ? text.noWorkspaceAt(address) : text.noWorkspaceHere;
  return (
    <ErrorColumn label={text.status(404)} title={title} isTitled={false}>
      <p class="text-muted">{text.checkAddress}</p>
      <div class="mt-4 flex flex-wrap gap-2">
        <ButtonLink href={`${apexUrl}/workspaces`} variant="primary">{text.findWorkspaces}</ButtonLink>
        <ButtonLink href={`${apexUrl}/signup`}>{text.createWorkspace}</ButtonLink>
      </div>
    </ErrorColumn>
  );
}

function ErrorColumn(
  { label, title, isTitled, children }: { label: string; title: string; isTitled: boolean; children?: Child },
) {
  return (
    <div class={classes("grid max-w-sm justify-items-start gap-2", !isTitled && "mx-auto")}>
      <p class="text-sm font-medium text-muted tabular-nums">{label}</p>
      {isTitled
        ? null
        : <h1 class="text-2xl font-semibold tracking-tighter text-balance wrap-anywhere">{title}</h1>}
      {children}
    </div>
  );
}

function RetryButton({ retry }: { retry: Retry }) {
  const text = errorText.use();
  if ("href" in retry) return <ButtonLink href={retry.href} variant="primary">{text.tryAgain}</ButtonLink>;
  return (
    <form method="post" action={retry.action}>
      {Object.entries(retry.fields).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <Button variant="primary">{text.tryAgain}</Button>
    </form>
  );
}
