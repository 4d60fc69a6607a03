const PUBLIC_FILE = "compose.public.yaml";

/** What is wrong with the variables in Compose's `.env`: a machine with a public name must keep its public proxy. */
export function findComposeProblems(
  { COMPOSE_FILE, DNS_PROVIDER }: Record<string, string | undefined>,
): string[] {
  if (!DNS_PROVIDER || COMPOSE_FILE?.split(":").includes(PUBLIC_FILE)) return [];
  return [
    `COMPOSE_FILE: must be compose.yaml:${PUBLIC_FILE} with DNS_PROVIDER, or the proxy leaves the internet`,
  ];
}
