import Bowser from "bowser";

/** The names that Bowser defines. For an unknown browser, Bowser returns words from the `User-Agent` instead. */
const BROWSERS = new Set(Object.values(Bowser.BROWSER_MAP));
const SYSTEMS = new Set(Object.values(Bowser.OS_MAP));

/** A browser's common name, such as `Firefox on Linux`. It contains no text from the `User-Agent`. */
export function browserOf(userAgent: string): string {
  if (!userAgent) return "an unknown browser";
  const parser = Bowser.getParser(userAgent);
  const [browser, system] = [parser.getBrowserName(), parser.getOSName()];
  const name = BROWSERS.has(browser) ? browser : "an unknown browser";
  return SYSTEMS.has(system) ? `${name} on ${system}` : name;
}
