import type { Child } from "hono/jsx";
import { ButtonLink } from "../../components/button.tsx";
import { Icon } from "../../components/icon.tsx";
import { landingText } from "./text.ts";

type SectionProps = { id: string; heading: string; text?: string; children?: Child };

/** A part of the page with its heading in the middle. */
export function Section({ id, heading, text, children }: SectionProps) {
  return (
    <section id={id} class="border-t border-line" aria-labelledby={`${id}-heading`}>
      <div class="mx-auto grid max-w-[70rem] gap-10 px-5 py-16 sm:px-8 sm:py-20">
        <header class="grid gap-3 text-center">
          <h2 id={`${id}-heading`} class="text-3xl font-semibold tracking-tighter text-balance">{heading}</h2>
          {text ? <p class="text-lg text-balance text-muted">{text}</p> : null}
        </header>
        {children}
      </div>
    </section>
  );
}

/** A part of the page with its words beside a picture. */
export function Split(
  { id, heading, text, link, children }: SectionProps & { link?: { href: string; label: string } },
) {
  return (
    <section id={id} class="border-t border-line" aria-labelledby={`${id}-heading`}>
      <div class="mx-auto grid max-w-[70rem] grid-cols-1 items-center gap-10 px-5 py-16 sm:px-8 md:grid-cols-2 md:gap-14">
        <div class="grid justify-items-start gap-3.5">
          <h2 id={`${id}-heading`} class="text-3xl font-semibold tracking-tighter text-balance">{heading}</h2>
          <p class="text-md leading-[1.625rem] text-pretty text-muted">{text}</p>
          {link
            ? (
              <a
                href={link.href}
                class="flex items-center gap-1.5 rounded-sm py-1 font-medium text-accent-ink hover:underline"
              >
                {link.label}
                <Icon name="arrow-right" />
              </a>
            )
            : null}
        </div>
        {children}
      </div>
    </section>
  );
}

/** What a visitor does next. */
export function ButtonRow({ isSignedIn }: { isSignedIn: boolean }) {
  const { hero } = landingText.use();
  const [href, label] = isSignedIn ? ["/workspaces", hero.openWorkspaces] : ["/signup", hero.create];
  return (
    <div class="flex flex-wrap justify-center gap-2.5">
      <ButtonLink href={href} variant="primary" size="large">{label}</ButtonLink>
      <ButtonLink href="/#api" size="large">{hero.seeApi}</ButtonLink>
    </div>
  );
}
