import Bowser from "bowser";

/** A browser as people name it, such as `Firefox on Linux`, from its `User-Agent`. */
export function browserOf(userAgent: string): string {
  if (!userAgent) return "an unknown browser";
  const parser = Bowser.getParser(userAgent);
  const [browser, system] = [parser.getBrowserName(), parser.getOSName()];
  return [browser || "an unknown browser", system && `on ${system}`].filter(Boolean).join(" ");
}
