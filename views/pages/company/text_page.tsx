import { Alert } from "../../components/alert.tsx";
import { companyText } from "./text.ts";

export type TextName = "about" | "privacy" | "terms";

/** `/about`, `/privacy` and `/terms`. Their words are in text.en.ts. */
export function TextPage({ name }: { name: TextName }) {
  const { title, note, parts } = companyText.use()[name];
  return (
    <article class="mx-auto grid max-w-xl gap-8 px-5 py-14 sm:px-8 sm:py-18">
      <h1 class="text-3xl font-semibold tracking-tighter">{title}</h1>
      {note ? <Alert>{note}</Alert> : null}
      {parts.map(({ heading, text }) => (
        <section class="grid gap-2">
          <h2 class="text-lg font-semibold">{heading}</h2>
          <p class="text-md leading-[1.625rem] text-pretty text-muted">{text}</p>
        </section>
      ))}
    </article>
  );
}
