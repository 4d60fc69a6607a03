import { Logo } from "../components/icon.tsx";
import { usePage } from "../page.tsx";
import { siteText } from "./site_text.ts";

type Texts = ReturnType<typeof siteText.use>;

/** Everything that a visitor may look for, in columns. */
export function SiteFooter() {
  const text = siteText.use();
  return (
    <footer class="border-t border-line">
      <div class="mx-auto grid max-w-[70rem] grid-cols-2 gap-x-8 gap-y-10 px-5 py-12 text-muted sm:grid-cols-3 sm:px-8 lg:grid-cols-[1.6fr_repeat(5,1fr)]">
        <div class="col-span-full grid content-start gap-2 lg:col-span-1">
          <span class="text-ink">
            <Logo />
          </span>
          <p class="max-w-56 text-sm">{text.claim}</p>
        </div>
        {columnsOf(text).map(({ title, links }) => (
          <nav aria-label={title}>
            <h2 class="mb-2 font-medium text-ink">{title}</h2>
            <ul class="grid gap-1 text-sm">
              {links.map(({ href, label }) => (
                <li>
                  <FooterLink href={href} label={label} />
                </li>
              ))}
            </ul>
          </nav>
        ))}
      </div>
    </footer>
  );
}

/** One line, for pages with a form or an error. */
export function SmallFooter() {
  const { apexUrl } = usePage();
  const text = siteText.use();
  const links = [
    { href: "/privacy", label: text.privacy },
    { href: "/terms", label: text.terms },
    { href: "/status", label: text.status },
  ];
  return (
    <footer class="mx-auto flex w-full max-w-[70rem] flex-wrap items-center justify-between gap-x-6 gap-y-2 px-5 py-6 text-sm text-muted sm:px-8">
      <p>Denizen. {text.claim}</p>
      <nav aria-label={text.footer} class="flex gap-5">
        {links.map(({ href, label }) => <FooterLink key={href} href={apexUrl + href} label={label} />)}
      </nav>
    </footer>
  );
}

function FooterLink({ href, label }: { href: string; label: string }) {
  return <a href={href} class="inline-block rounded-sm py-0.5 hover:text-ink">{label}</a>;
}

function columnsOf(text: Texts) {
  return [
    {
      title: text.product,
      links: [
        { href: "/#how", label: text.howItWorks },
        { href: "/#isolation", label: text.isolation },
        { href: "/pricing", label: text.pricing },
        { href: "/docs/user", label: text.guides },
        { href: "/#questions", label: text.questions },
      ],
    },
    {
      title: text.developers,
      links: [
        { href: "/#api", label: text.apiExample },
        { href: "/docs", label: text.apiDocs },
        { href: "/openapi.json", label: text.apiDescription },
        { href: "/.well-known/jwks.json", label: text.signingKeys },
      ],
    },
    {
      title: text.company,
      links: [
        { href: "/about", label: text.about },
        { href: "/signup", label: text.createWorkspace },
        { href: "/login", label: text.signIn },
      ],
    },
    {
      title: text.legal,
      links: [
        { href: "/privacy", label: text.privacy },
        { href: "/terms", label: text.terms },
        { href: "/#security", label: text.security },
      ],
    },
    { title: text.status, links: [{ href: "/status", label: text.systemStatus }] },
  ];
}
