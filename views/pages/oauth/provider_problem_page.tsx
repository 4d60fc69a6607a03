import { ButtonLink } from "../../components/button.tsx";
import { DescriptionList } from "../../components/description_list.tsx";
import { FormColumn } from "../../layouts/site_layout.tsx";
import { oauthText } from "./text.ts";

export type ProviderProblemProps = {
  problem: "expired" | "refused" | "down" | "unverified" | "taken" | "other_address";
  /** The provider's name. */
  provider: string;
  retryHref: string;
  backHref: string;
  /** With `other_address`: the address that the person proved, and the invited one. */
  address?: string;
  invited?: string;
};

/** Shown where signing in at a provider ends without success. */
export function ProviderProblemPage(
  { problem, provider, retryHref, backHref, address, invited }: ProviderProblemProps,
) {
  const text = oauthText.use();
  const { title, lead } = text.problems[problem];
  const isOtherAccount = problem === "other_address" || problem === "taken";
  return (
    <FormColumn title={title(provider)} lead={lead(provider)}>
      {address && invited
        ? (
          <DescriptionList
            facts={[
              { term: text.invited, value: invited },
              { term: text.chosen(provider), value: address },
            ]}
          />
        )
        : null}
      <div class="flex flex-wrap gap-2">
        <ButtonLink href={retryHref} variant="primary" size="large">
          {isOtherAccount ? text.otherAccount : text.tryAgain}
        </ButtonLink>
        <ButtonLink href={backHref} size="large">{text.back}</ButtonLink>
      </div>
    </FormColumn>
  );
}
