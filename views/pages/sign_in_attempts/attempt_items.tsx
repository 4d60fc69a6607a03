import type { SignInAttempt } from "../../../src/identity/sign_in_history.ts";
import { EmptyState } from "../../components/empty_state.tsx";
import { Item, ItemEnd, Items } from "../../components/item.tsx";
import { Time } from "../../components/time.tsx";
import { accountText } from "../account/text.ts";
import { attemptText } from "./text.ts";

/** Attempts to sign in to an account, newest first, in a card. */
export function AttemptItems({ attempts, now }: { attempts: SignInAttempt[]; now: Date }) {
  const text = attemptText.use();
  if (attempts.length === 0) return <EmptyState icon="shield" title={text.none} text={text.noneHint} />;
  return (
    <Items label={text.title}>
      {attempts.map((attempt) => <AttemptItem key={attempt.id} attempt={attempt} now={now} />)}
    </Items>
  );
}

function AttemptItem({ attempt, now }: { attempt: SignInAttempt; now: Date }) {
  const text = attemptText.use();
  const { outcome, methods, ipAddress, attempts, at } = attempt;
  const hasSucceeded = outcome === "succeeded";
  return (
    <Item
      icon={hasSucceeded ? "check" : "alert"}
      title={hasSucceeded ? text.succeeded(methods) : text.failed[outcome]}
      details={
        <>
          <span>{accountText.use().browserName(attempt)}</span>
          <span class="wrap-anywhere">
            <span class="sr-only">{text.address}</span>
            {ipAddress}
          </span>
          {attempts > 1 ? <span>{text.times(attempts)}</span> : null}
        </>
      }
      end={
        <ItemEnd>
          <Time at={at} now={now} />
        </ItemEnd>
      }
    />
  );
}
