import Bowser from "bowser";

/** The names that Bowser has of its own. For a browser it doesn't know, it takes words of the `User-Agent` instead. */
const BROWSERS = new Set(Object.values(Bowser.BROWSER_MAP));
const SYSTEMS = new Set(Object.values(Bowser.OS_MAP));

/** A browser as people name it, such as `Firefox on Linux`, from its `User-Agent`. Nothing in it is the visitor's words. */
export function browserOf(userAgent: string): string {
  if (!userAgent) return "an unknown browser";
  const parser = Bowser.getParser(userAgent);
  const [browser, system] = [parser.getBrowserName(), parser.getOSName()];
  const name = BROWSERS.has(browser) ? browser : "an unknown browser";
  return SYSTEMS.has(system) ? `${name} on ${system}` : name;
}
