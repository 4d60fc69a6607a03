/** `deno task e2e -- --site-pictures`: draws the icons and the picture of shared links in views/static from favicon.svg. */
import type { Page } from "playwright-core";
import { launchBrowser } from "./browser.ts";

const STATIC = new URL("../../views/static/", import.meta.url);
const FONT = new URL(
  "../../node_modules/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
  import.meta.url,
);
const ICON_SIZE = 32;
const TOUCH_ICON_SIZE = 180;
const SOCIAL = { width: 1200, height: 630 };

const mark = await Deno.readTextFile(new URL("favicon.svg", STATIC));
const browser = await launchBrowser();
try {
  const page = await browser.newPage();
  const icon = await draw(page, square(mark), { width: ICON_SIZE, height: ICON_SIZE });
  await write("favicon.ico", toIco(icon));
  const onSquare = mark.replace(/ rx="\d+"/, ""); // iOS rounds the corners itself
  const touchSize = { width: TOUCH_ICON_SIZE, height: TOUCH_ICON_SIZE };
  await write("apple-touch-icon.png", await draw(page, square(onSquare), touchSize));
  await write("social.png", await draw(page, await socialHtml(), SOCIAL));
} finally {
  await browser.close();
}

async function draw(page: Page, html: string, size: { width: number; height: number }): Promise<Uint8Array> {
  await page.setViewportSize(size);
  await page.setContent(html);
  await page.evaluate(() => document.fonts.ready);
  return await page.screenshot({ omitBackground: true });
}

function square(svg: string): string {
  return `<style>body { margin: 0 } svg { display: block; width: 100vw; height: 100vh }</style>${svg}`;
}

async function socialHtml(): Promise<string> {
  const font = (await Deno.readFile(FONT)).toBase64();
  return `<style>
    @font-face { font-family: Inter; font-weight: 100 900; src: url(data:font/woff2;base64,${font}) }
    body { margin: 0; height: 100vh; box-sizing: border-box; padding: 88px 96px; background: #fafaf9; color: #1b1a19;
      font: 600 80px/88px Inter; letter-spacing: -0.03em; display: flex; flex-direction: column }
    header { display: flex; align-items: center; gap: 20px; font-size: 40px; line-height: 48px; letter-spacing: -0.02em }
    svg { width: 56px; height: 56px }
    main { margin: auto 0 }
    p { margin: 28px 0 0; color: #63605c; font: 400 34px/48px Inter; letter-spacing: -0.01em }
    footer { height: 8px; width: 120px; border-radius: 4px; background: #0b6b58 }
  </style>
  <header>${mark} Denizen</header>
  <main>Every company gets<br>its own workspace<p>Projects, members and an API, kept apart in the database.</p></main>
  <footer></footer>`;
}

/** An ICO file with one PNG. */
function toIco(png: Uint8Array): Uint8Array {
  const header = new DataView(new ArrayBuffer(22));
  const [ICON, ONE, PLANES, BITS] = [1, 1, 1, 32];
  header.setUint16(2, ICON, true);
  header.setUint16(4, ONE, true);
  header.setUint8(6, ICON_SIZE);
  header.setUint8(7, ICON_SIZE);
  header.setUint16(10, PLANES, true);
  header.setUint16(12, BITS, true);
  header.setUint32(14, png.byteLength, true);
  header.setUint32(18, header.byteLength, true);
  return new Uint8Array([...new Uint8Array(header.buffer), ...png]);
}

async function write(name: string, content: Uint8Array): Promise<void> {
  await Deno.writeFile(new URL(name, STATIC), content);
}
