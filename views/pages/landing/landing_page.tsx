import { ButtonLink } from "../../components/button.tsx";
import { usePage } from "../../page.tsx";
import { ApiExample } from "./api_example.tsx";
import { IsolationPicture } from "./isolation_picture.tsx";
import { PlanCards } from "../pricing/plan_cards.tsx";
import type { PlanSummary } from "../pricing/plan_summary.ts";
import { QuestionList } from "./question_list.tsx";
import { ButtonRow, Section, Split } from "./sections.tsx";
import { SecurityList } from "./security_list.tsx";
import { landingText } from "./text.ts";

/** The size of the pictures in views/static, twice the size at which a wide window shows them. */
const PICTURE = { width: 2112, height: 1320 };

export type LandingPageProps = {
  isSignedIn: boolean;
  plans: readonly PlanSummary[];
  /** Where people ask for a price, as a URI. */
  salesContact?: string;
  /** A workspace's host in the example of the API: `https://northwind.denizen.example`. */
  exampleOrigin: string;
};

/** `/`: introduces the product to visitors. Its words are in text.en.ts. */
export function LandingPage({ isSignedIn, plans, salesContact, exampleOrigin }: LandingPageProps) {
  const { isolation, api, plans: plansText, security } = landingText.use();
  return (
    <>
      <Hero isSignedIn={isSignedIn} />
      <Steps />
      <Split id="isolation" heading={isolation.heading} text={isolation.text}>
        <IsolationPicture />
      </Split>
      <Split
        id="api"
        heading={api.heading}
        text={api.text}
        link={{ href: "/docs", label: api.link }}
      >
        <ApiExample origin={exampleOrigin} />
      </Split>
      <Section id="plans" heading={plansText.heading} text={plansText.text}>
        <PlanCards plans={plans} isSignedIn={isSignedIn} salesContact={salesContact} />
        <ButtonLink href="/pricing" class="justify-self-center">{plansText.compare}</ButtonLink>
      </Section>
      <Section id="security" heading={security.heading}>
        <SecurityList />
      </Section>
      <Questions />
      <Closing isSignedIn={isSignedIn} />
    </>
  );
}

function Hero({ isSignedIn }: { isSignedIn: boolean }) {
  const { hero } = landingText.use();
  return (
    <section class="mx-auto grid max-w-[70rem] justify-items-center gap-5 px-5 pt-14 pb-10 text-center sm:px-8 sm:pt-18">
      <h1 class="max-w-[51rem] text-3xl font-semibold tracking-tightest text-balance sm:text-4xl">
        {hero.heading}
      </h1>
      <p class="max-w-[37.5rem] text-lg text-balance text-muted">{hero.text}</p>
      <ButtonRow isSignedIn={isSignedIn} />
      {isSignedIn ? null : <p class="text-sm text-muted">{hero.note}</p>}
      <Picture />
    </section>
  );
}

/** A screenshot in the colors that the device prefers. */
function Picture() {
  const { asset } = usePage();
  return (
    <div class="mt-5 w-full overflow-hidden rounded-xl border border-line shadow-shot">
      <picture>
        <source media="(prefers-color-scheme: dark)" srcset={asset("dashboard-dark.webp")} />
        <img
          {...PICTURE}
          src={asset("dashboard-light.webp")}
          alt={landingText.use().hero.picture}
          fetchpriority="high"
          class="block h-auto w-full max-sm:w-[180%] max-sm:max-w-none"
        />
      </picture>
    </div>
  );
}

function Steps() {
  const { steps } = landingText.use();
  return (
    <section id="how" aria-label={steps.label} class="mx-auto max-w-[70rem] px-5 py-12 sm:px-8 sm:py-18">
      <ol class="grid gap-10 md:grid-cols-3">
        {steps.items.map(({ title, text }, index) => (
          <li>
            <p class="mb-2.5 text-sm font-medium text-accent-ink" aria-hidden="true">{index + 1}</p>
            <h2 class="mb-1.5 text-md font-semibold">{title}</h2>
            <p class="text-[0.9375rem] leading-6 text-pretty text-muted">{text}</p>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Questions() {
  const { questions } = landingText.use();
  return (
    <Section id="questions" heading={questions.heading}>
      <QuestionList items={questions.items} />
    </Section>
  );
}

function Closing({ isSignedIn }: { isSignedIn: boolean }) {
  const { closing } = landingText.use();
  return (
    <section class="border-t border-line">
      <div class="mx-auto grid max-w-[70rem] justify-items-center gap-4 px-5 py-20 text-center sm:px-8">
        <h2 class="text-3xl font-semibold tracking-tighter text-balance">{closing.heading}</h2>
        <p class="text-lg text-muted">{closing.text}</p>
        <ButtonRow isSignedIn={isSignedIn} />
      </div>
    </section>
  );
}
