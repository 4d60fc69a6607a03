import { ButtonLink } from "../components/button.tsx";
import { AppShell, type ShellProps } from "../layouts/app_shell.tsx";
import { SiteLayout } from "../layouts/site_layout.tsx";

export type ErrorPageProps = {
  status: number;
  title: string;
  detail: string;
  requestId?: string;
  action?: { label: string; href: string };
  /** With it, the page stands inside the tenant's shell. */
  shell?: ShellProps;
};

/** What went wrong, in words, and the way on. */
export function ErrorPage({ shell, ...problem }: ErrorPageProps) {
  if (shell) {
    return (
      <AppShell title={problem.title} {...shell}>
        <ErrorMessage {...problem} />
      </AppShell>
    );
  }
  return (
    <SiteLayout title={problem.title}>
      <ErrorMessage {...problem} />
    </SiteLayout>
  );
}

/** The message alone, for an htmx answer. */
function ErrorMessage({ status, title, detail, requestId, action }: Omit<ErrorPageProps, "shell">) {
  return (
    <div class="mx-auto grid max-w-md justify-items-start gap-2 py-8 sm:py-14">
      <p class="rounded-full bg-sunken px-2.5 py-0.5 text-sm font-medium text-muted tabular-nums">
        Error {status}
      </p>
      <h1 class="text-2xl font-semibold tracking-tighter">{title}</h1>
      <p class="text-md text-muted wrap-anywhere">{detail}</p>
      {action
        ? <ButtonLink href={action.href} variant="primary" class="mt-4">{action.label}</ButtonLink>
        : null}
      {requestId
        ? (
          <p class="mt-6 text-sm text-muted">
            Tell support this number if it keeps happening: <code class="wrap-anywhere">{requestId}</code>
          </p>
        )
        : null}
    </div>
  );
}
