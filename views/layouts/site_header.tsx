import { Button, ButtonLink } from "../components/button.tsx";
import { Logo } from "../components/icon.tsx";
import { usePage } from "../page.tsx";
import { siteText } from "./site_text.ts";

/** The person who is signed in, null for a visitor, and undefined if the page doesn't know. */
export type Viewer = { name: string } | null | undefined;

/** The logo, and where a visitor may want to go from this page. */
export function SiteHeader({ viewer, wide }: { viewer: Viewer; wide: boolean }) {
  const { apexUrl, path } = usePage();
  const text = siteText.use();
  return (
    <header>
      <div class="mx-auto flex h-16 max-w-[70rem] items-center gap-4 px-5 font-medium text-muted sm:px-8">
        <a href={`${apexUrl}/`} class="flex rounded-md text-ink">
          <Logo />
          <span class="sr-only">{text.home}</span>
        </a>
        {wide ? <Sections /> : null}
        {viewer === undefined || path === "/workspaces"
          ? null
          : (
            <nav aria-label={text.account} class="ms-auto flex items-center gap-1 sm:gap-2">
              {viewer ? <PersonLinks wide={wide} /> : <VisitorLinks wide={wide} />}
            </nav>
          )}
      </div>
    </header>
  );
}

function PersonLinks({ wide }: { wide: boolean }) {
  const { apexUrl } = usePage();
  const text = siteText.use();
  return (
    <>
      {wide ? null : (
        <form method="post" action="/logout" class="max-[23rem]:hidden">
          <Button variant="quiet">{text.signOut}</Button>
        </form>
      )}
      <ButtonLink href={`${apexUrl}/workspaces`}>{text.yourWorkspaces}</ButtonLink>
    </>
  );
}

function Sections() {
  const text = siteText.use();
  const links = [
    { href: "/#how", label: text.product },
    { href: "/pricing", label: text.pricing },
    { href: "/docs", label: text.docs },
    { href: "/#security", label: text.security },
  ];
  return (
    <nav aria-label={text.sections} class="ms-2 flex gap-1 max-md:hidden">
      {links.map(({ href, label }) => (
        <a href={href} class="rounded-md px-2.5 py-1.5 transition-colors hover:text-ink">{label}</a>
      ))}
    </nav>
  );
}

function VisitorLinks({ wide }: { wide: boolean }) {
  const { apexUrl, path } = usePage();
  const text = siteText.use();
  const link = "rounded-md px-2 py-2 transition-colors hover:text-ink";
  const accent = "-me-1 rounded-md px-1 py-2 text-accent-ink hover:underline";
  if (wide) {
    return (
      <>
        <a href={`${apexUrl}/login`} class={link}>{text.signIn}</a>
        <ButtonLink href={`${apexUrl}/signup`} variant="primary">
          {text.startFree}
        </ButtonLink>
      </>
    );
  }
  const [question, href, label] = path === "/login"
    ? [text.newHere, "/signup", text.createYours]
    : [text.haveAccount, "/login", text.signIn];
  return (
    <>
      <span class="max-sm:hidden">{question}</span>
      <a href={`${apexUrl}${href}`} class={accent}>{label}</a>
    </>
  );
}
