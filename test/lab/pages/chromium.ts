/** Debian's Chromium, headless, installed by the test itself; a page that watches for what no page of ours may do. */
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { BROWSER, CHROMIUM, havePrograms } from '../daemons/debian.ts';

const SCREENS = resolve(import.meta.dirname, '../../../.lab/screens');

/** A hang guard for each single wait: a busy machine takes its time to start a browser. */
const HUNG_MS = 120_000;

/** Null, with the why, where it cannot be had. */
export async function openChromium(): Promise<Browser | string> {
  const had = await havePrograms(BROWSER);
  if (had.kind === 'lacking') return had.why;
  // Its sandbox wants user namespaces, which containers do not give; it opens nothing but our own pages.
  return chromium.launch({
    executablePath: CHROMIUM.file,
    args: ['--no-sandbox'],
    timeout: HUNG_MS,
  });
}

export interface Watched {
  readonly page: Page;
  /** Errors on the console, failed requests, and requests off the page's own host. */
  readonly complaints: readonly string[];
}

export async function watchedPage(
  browser: Browser,
  size: { readonly width: number; readonly height: number },
  colorScheme: 'light' | 'dark' = 'light',
): Promise<Watched> {
  const page = await browser.newPage({ viewport: size, colorScheme });
  page.setDefaultTimeout(HUNG_MS);
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    const { hostname, protocol } = new URL(request.url());
    const isOwn = hostname === '127.0.0.1' || protocol === 'data:' || protocol === 'file:';
    if (!isOwn) complaints.push(`asked ${request.url()}`);
  });
  return { page, complaints };
}

/** Kept for people: `.lab/screens/NAME.png`. */
export async function keepScreen(page: Page, name: string): Promise<void> {
  mkdirSync(SCREENS, { recursive: true });
  await page.screenshot({ path: `${SCREENS}/${name}.png`, fullPage: true });
}
