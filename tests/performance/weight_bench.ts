import { gzipSync } from "node:zlib";
import { World } from "../support/world.ts";
import { type Figure, under } from "./measure.ts";

/** The compressed size of everything that a browser fetches for a page. */
export async function benchWeight(): Promise<Figure[]> {
  await using world = await World.open();
  const page = await world.browser().get(`http://${world.host()}/signup`);
  const kilobytes = async (pattern: RegExp) => {
    const files = await Promise.all(
      [...page.text.matchAll(pattern)].map(([, path]) =>
        world.browser().get(`http://${world.host()}${path}`)
      ),
    );
    return files.reduce((total, { text }) => total + gzipSync(text).length, 0) / 1_024;
  };
  return [
    under("scripts of a page", "KB", await kilobytes(/<script[^>]+src="([^"]+)"/g), 50),
    under("styles of a page", "KB", await kilobytes(/<link rel="stylesheet" href="([^"]+)"/g), 25),
  ];
}
