import type { Child } from "hono/jsx";
import type { ErrorKind } from "../../src/errors.ts";
import { Alert } from "./alert.tsx";
import { ButtonLink } from "./button.tsx";
import { componentText } from "./component_text.ts";
import { TextLink } from "./link.tsx";

/** Where a workspace chooses its plan. Whoever may not do that reads there who can. */
export const PLANS_PATH = "/billing/plans";

/** Says that the plan doesn't include something, and leads to the plans. */
export function UpgradeNotice({ children }: { children?: Child }) {
  return <Alert kind="error" action={<PlansButton size="small" />}>{children}</Alert>;
}

export function PlansButton({ size }: { size?: "small" }) {
  return <ButtonLink href={PLANS_PATH} size={size}>{componentText.use().comparePlans}</ButtonLink>;
}

export function PlansLink() {
  return <TextLink href={PLANS_PATH}>{componentText.use().comparePlans}</TextLink>;
}

/** Why a form was refused. If the plan's limit is the reason, it leads to the plans. */
export function FormProblem({ kind, problem }: { kind?: ErrorKind; problem?: string }) {
  if (!problem) return null;
  return kind === "limit_reached"
    ? <UpgradeNotice>{problem}</UpgradeNotice>
    : <Alert kind="error">{problem}</Alert>;
}
