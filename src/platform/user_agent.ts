import Bowser from "bowser";

/** The names that Bowser defines. For an unknown browser, Bowser returns words from the `User-Agent` instead. */
const BROWSERS = new Set(Object.values(Bowser.BROWSER_MAP));
const SYSTEMS = new Set(Object.values(Bowser.OS_MAP));

/** The common names of a browser and its operating system, such as `Firefox` and `Linux`. Null if unknown. */
export type Browser = { browser: string | null; system: string | null };

/** Recognizes a browser. The result contains no text from the `User-Agent`. */
export function parseUserAgent(userAgent: string): Browser {
  if (!userAgent) return { browser: null, system: null };
  const parser = Bowser.getParser(userAgent);
  const [browser, system] = [parser.getBrowserName(), parser.getOSName()];
  return {
    browser: BROWSERS.has(browser) ? browser : null,
    system: SYSTEMS.has(system) ? system : null,
  };
}
