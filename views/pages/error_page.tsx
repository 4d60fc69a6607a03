import { ButtonLink } from "../components/button.tsx";

export type ErrorPageProps = {
  status: number;
  title: string;
  detail: string;
  /** Shown for server errors, so that people can send it to support. */
  requestId?: string;
  /** The link back to the home page. */
  home: string;
};

/** An error, and a link back to the home page. */
export function ErrorPage({ status, title, detail, requestId, home }: ErrorPageProps) {
  return (
    <div class="mx-auto grid max-w-md justify-items-start gap-2 py-8 sm:py-14">
      <p class="rounded-full bg-sunken px-2.5 py-0.5 text-sm font-medium text-muted tabular-nums">
        Error {status}
      </p>
      <h1 class="text-2xl font-semibold tracking-tighter">{title}</h1>
      <p class="text-md text-muted wrap-anywhere">{detail}</p>
      <ButtonLink href={home} variant="primary" class="mt-4">Back to home</ButtonLink>
      {requestId
        ? (
          <p class="mt-6 text-sm text-muted">
            If this keeps happening, contact support with ID <code class="wrap-anywhere">{requestId}</code>.
          </p>
        )
        : null}
    </div>
  );
}
