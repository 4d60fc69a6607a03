import type { Step } from "../../../src/sequences/engine.ts";
import type { StepStats } from "../../../src/sequences/figures.ts";
import type { SequenceWithSteps } from "../../../src/sequences/sequences.ts";
import { Alert } from "../../components/alert.tsx";
import { Badge } from "../../components/badge.tsx";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { DescriptionList } from "../../components/description_list.tsx";
import { TextLink } from "../../components/link.tsx";
import { EmailFrame } from "../campaigns/email_frame.tsx";
import { sequenceText } from "./text.ts";

export type SequencePageProps = {
  sequence: SequenceWithSteps;
  /** The name of the list that starts it. */
  listName?: string;
  problem?: string;
};

/** Plain text for an active sequence, a badge for a stopped one. */
export function SequenceStatus({ isActive }: { isActive: boolean }) {
  const text = sequenceText.use();
  return isActive ? <>{text.active}</> : <Badge>{text.stopped}</Badge>;
}

/** The page's actions. */
export function SequenceActions({ sequence: { id, isActive } }: Pick<SequencePageProps, "sequence">) {
  const text = sequenceText.use();
  const path = `/sequences/${id}`;
  return (
    <>
      {isActive ? null : <ButtonLink href={`${path}/edit`} icon="edit">{text.edit}</ButtonLink>}
      <form method="post" action={`${path}/${isActive ? "stop" : "start"}`}>
        <Button variant={isActive ? "secondary" : "primary"}>{isActive ? text.stop : text.start}</Button>
      </form>
    </>
  );
}

/** `/sequences/:id`: what starts and ends a sequence, its steps, and how far contacts are. */
export function SequencePage({ sequence, listName, problem }: SequencePageProps) {
  const text = sequenceText.use();
  const { id, isActive, steps, stepStats } = sequence;
  return (
    <div class="grid grid-cols-1 gap-6">
      {problem ? <Alert kind="error">{problem}</Alert> : null}
      <div class="grid grid-cols-1 items-start gap-6 lg:grid-cols-[minmax(0,26rem)_minmax(0,1fr)]">
        <Details sequence={sequence} listName={listName} />
        <Card
          title={text.steps}
          flush
          action={isActive
            ? undefined
            : (
              <ButtonLink href={`/sequences/${id}/steps/new`} size="small" icon="plus">
                {text.addStep}
              </ButtonLink>
            )}
        >
          {isActive ? <p class="px-4 pt-4 text-muted">{text.stopFirst}</p> : null}
          {steps.length === 0
            ? <p class="p-4 text-muted">{text.noSteps}</p>
            : (
              <ol class="divide-y divide-line">
                {steps.map((step, index) => (
                  <StepItem
                    key={step.id}
                    sequenceId={id}
                    step={step}
                    stats={stepStats[index]!}
                    index={index}
                    isFixed={isActive}
                  />
                ))}
              </ol>
            )}
        </Card>
      </div>
    </div>
  );
}

function Details({ sequence, listName }: Omit<SequencePageProps, "problem">) {
  const text = sequenceText.use();
  const { trigger, goal, capEmails, capDays, stats, isActive, id } = sequence;
  const value = trigger.type === "list" ? listName ?? text.unknownList : trigger.value;
  return (
    <Card title={text.details} action={<SequenceStatus isActive={isActive} />}>
      <DescriptionList
        facts={[
          { term: text.facts.trigger, value: <bdi>{text.triggers[trigger.type](value)}</bdi> },
          {
            term: text.facts.goal,
            value: goal ? <bdi>{text.triggers[goal.type](goal.value)}</bdi> : text.noGoal,
          },
          { term: text.facts.cap, value: capEmails && capDays ? text.cap(capEmails, capDays) : text.noCap },
          { term: text.facts.started, value: text.contacts(stats) },
          { term: text.facts.ended, value: text.endings(stats) },
        ]}
      />
      {isActive ? null : (
        <p class="mt-4 text-sm">
          <TextLink href={`/sequences/${id}/delete`}>{text.remove}</TextLink>
        </p>
      )}
    </Card>
  );
}

function StepItem({ sequenceId, step, stats, index, isFixed }: {
  sequenceId: string;
  step: Step;
  stats: StepStats;
  index: number;
  isFixed: boolean;
}) {
  const text = sequenceText.use();
  const { id, subject, delayHours, condition } = step;
  const path = `/sequences/${sequenceId}/steps/${id}`;
  const who = !condition
    ? ""
    : condition.type === "tag"
    ? text.conditions.tag(condition.value)
    : text.conditions.clicked;
  return (
    <li class="flex flex-col gap-2 px-4 py-3">
      <div class="min-w-0">
        <p class="text-sm text-muted">{[text.delays(delayHours), who].filter(Boolean).join(", ")}</p>
        <p class="font-medium wrap-anywhere" dir="auto">
          {isFixed ? subject : <TextLink href={`${path}/edit`}>{subject}</TextLink>}
        </p>
        <p class="text-sm text-muted tabular-nums">{text.stepFigures(stats)}</p>
      </div>
      <div class="flex gap-2">
        <ButtonLink size="small" href={path} aria-label={text.previewStep(subject)}>
          {text.preview}
        </ButtonLink>
        {isFixed ? null : (
          <>
            {index === 0 ? null : (
              <form method="post" action={`${path}/up`}>
                <Button size="small" aria-label={text.moveUp(subject)}>{text.up}</Button>
              </form>
            )}
            <form method="post" action={`${path}/remove`}>
              <Button size="small" variant="quiet" aria-label={text.removeStep(subject)}>
                {text.removeShort}
              </Button>
            </form>
          </>
        )}
      </div>
    </li>
  );
}

type StepProps = { sequenceId: string; stepId: string };

/** `/sequences/:id/steps/:step`: the step's email. */
export function StepPreview({ sequenceId, stepId }: StepProps) {
  return (
    <EmailFrame
      title={sequenceText.use().preview}
      src={`/sequences/${sequenceId}/steps/${stepId}/preview`}
    />
  );
}

/** That page's actions. */
export function StepActions({ sequenceId, stepId }: StepProps) {
  return (
    <form method="post" action={`/sequences/${sequenceId}/steps/${stepId}/test`}>
      <Button>{sequenceText.use().sendTest}</Button>
    </form>
  );
}

/** `/sequences/:id/delete`: asks before a sequence is deleted. */
export function DeleteSequencePage({ id }: { id: string }) {
  const text = sequenceText.use();
  return (
    <Card>
      <form method="post" action={`/sequences/${id}/delete`} class="grid gap-4">
        <p>{text.deleteNote}</p>
        <div class="flex flex-wrap gap-2">
          <Button variant="danger">{text.remove}</Button>
          <ButtonLink href={`/sequences/${id}`}>{text.cancel}</ButtonLink>
        </div>
      </form>
    </Card>
  );
}
