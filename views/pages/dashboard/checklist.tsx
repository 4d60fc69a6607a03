import { Button } from "../../components/button.tsx";
import { Icon } from "../../components/icon.tsx";
import { dashboardText } from "./text.ts";

type Step = { name: string; label: string; path: string; method?: "post"; isDone: boolean };

export type ChecklistProps = { workspace: string; isNew: boolean; steps: readonly Step[] };

const STEP = "rounded-sm text-start font-medium underline-offset-2 hover:underline";

/** What a new workspace still needs. Each open step leads to its page. */
export function Checklist({ workspace, isNew, steps }: ChecklistProps) {
  const text = dashboardText.use();
  const done = steps.filter(({ isDone }) => isDone).length;
  const title = isNew ? text.welcome(workspace) : text.finishSettingUp;
  return (
    <section
      id="setup-checklist"
      aria-label={text.finishSettingUp}
      class="flex items-start justify-between gap-4 rounded-lg border border-line bg-surface p-4 shadow-card sm:items-center"
    >
      <div class="min-w-0">
        <h2 class="font-semibold wrap-anywhere">
          <span dir="auto">{title}</span>{" "}
          <span class="ms-1 text-sm font-normal text-muted">{text.stepsDone(done, steps.length)}</span>
        </h2>
        <ol class="mt-2 flex flex-wrap gap-x-6 gap-y-1 max-sm:grid">
          {steps.map((step) => <StepItem key={step.name} step={step} />)}
        </ol>
      </div>
      <form method="post" action="/dashboard/checklist/dismiss">
        <Button variant="quiet" size="small">{text.dismiss}</Button>
      </form>
    </section>
  );
}

function StepItem({ step: { label, path, method, isDone } }: { step: Step }) {
  const text = dashboardText.use();
  if (isDone) {
    return (
      <li class="flex min-h-6 items-center gap-2 text-faint">
        <span class="grid size-4 shrink-0 place-items-center rounded-full bg-accent text-on-accent">
          <Icon name="check" class="size-3" />
        </span>
        <span>
          <span class="sr-only">{text.stepDone}</span>
          <s>{label}</s>
        </span>
      </li>
    );
  }
  return (
    <li class="flex min-h-6 items-center gap-2">
      <span class="size-4 shrink-0 rounded-full border-[1.5px] border-line-strong"></span>
      {method === "post"
        ? (
          <form method="post" action={path}>
            <button type="submit" class={STEP}>{label}</button>
          </form>
        )
        : <a href={path} class={STEP}>{label}</a>}
    </li>
  );
}
