import { ButtonLink } from "./button.tsx";
import { componentText } from "./component_text.ts";
import { Divider } from "./divider.tsx";
import { type ProviderKey, ProviderMark } from "./provider_mark.tsx";

/** A provider that people can sign in with, and where its button leads. */
export type ProviderLink = { provider: ProviderKey; name: string; href: string };

/**
 * A button for each provider, "Continue with Google", above another way to do the same. Nothing without a provider. They are links,
 * because forms may not lead to other sites.
 */
export function ProviderButtons({ providers }: { providers: ProviderLink[] }) {
  const text = componentText.use();
  if (providers.length === 0) return null;
  return (
    <>
      <div class="grid gap-3">
        {providers.map(({ provider, name, href }) => (
          <ButtonLink key={provider} href={href} size="large">
            <ProviderMark provider={provider} />
            {text.continueWith(name)}
          </ButtonLink>
        ))}
      </div>
      <Divider>{text.or}</Divider>
    </>
  );
}
