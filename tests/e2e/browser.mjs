// SPDX-License-Identifier: Apache-2.0
// Debian's Chromium, started once for the tests of one file; each visit has a context of its own,
// and fails when the browser had something to complain about.
//
// What counts: violations of the Content-Security-Policy, errors on the console or in a script,
// requests that failed, answers of 500 and above, and of 400 and above to anything but the page
// itself (a form that was refused is a page). The pages run under their real policy: nothing here
// bypasses it.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

import { until } from './programs.mjs';

const CHROMIUM = '/usr/bin/chromium';
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const PATIENCE_MS = 30_000;
const TABS_MAX = 80;
export const WIDE = { width: 1024, height: 768 };
export const NARROW = { width: 320, height: 640 };
const PICTURES = process.env.CS_SCREENSHOTS ??
  fileURLToPath(new URL('../../build/screenshots/', import.meta.url));

// Each way in which a page is looked at.
const LOOKS = {
  light: { colorScheme: 'light', viewport: WIDE },
  dark: { colorScheme: 'dark', viewport: WIDE },
  narrow: { colorScheme: 'light', viewport: NARROW },
};

/** Fails and names what is there. */
export function mustBeEmpty(list, what) {
  assert.equal(list.length, 0, `${what}:\n${list.join('\n')}`);
}

const withoutScripts = new WeakSet(); // contexts

export const runsScripts = (context) => !withoutScripts.has(context);

/** What the browser complains about during one visit. */
class Complaints {
  heard = [];
  forgiven = [];

  constructor(page) {
    const hear = (text) => this.heard.push(text);
    page.on('console', (message) => {
      // Which answer it was about is told by `response`.
      const isStatus = /^Failed to load resource: the server responded/.test(message.text());
      if (message.type() === 'error' && !isStatus) hear(`console: ${message.text()}`);
    });
    page.on('pageerror', (error) => hear(`script: ${error.message}`));
    page.on('requestfailed', (request) => {
      const why = request.failure()?.errorText;
      // Given up by the browser itself, which went on to another page.
      if (why !== 'net::ERR_ABORTED') hear(`request: ${request.url()}: ${why}`);
    });
    page.on('response', (response) => {
      const bound = response.request().isNavigationRequest() ? 500 : 400;
      if (response.status() >= bound) hear(`answer: ${response.url()}: ${response.status()}`);
    });
  }

  /** These are what the test is about. */
  forgive(pattern) {
    this.forgiven.push(pattern);
  }

  get left() {
    return this.heard.filter((text) => !this.forgiven.some((pattern) => pattern.test(text)));
  }
}

// Where scripts run, each violation tells what it was; where they do not, the console alone does.
function reportViolations() {
  document.addEventListener('securitypolicyviolation', (event) => {
    console.error(`violates ${event.violatedDirective}: ${event.blockedURI} ${event.sourceFile}`);
  });
}

export class Browser {
  static async start() {
    assert.ok(existsSync(CHROMIUM), 'the package chromium is missing');
    const browser = new Browser();
    browser.chromium = await chromium.launch(
      { executablePath: CHROMIUM, headless: true, args: FLAGS });
    return browser;
  }

  async stop() {
    await this.chromium.close();
  }

  /**
   * Calls `body(page, visit)` with a page of a fresh context; visit.forgive(pattern) takes back a
   * complaint. Options are Playwright's: javaScriptEnabled, colorScheme, viewport, locale, ...
   */
  async visit(options, body) {
    const context = await this.chromium.newContext(
      { viewport: WIDE, locale: 'en-GB', ignoreHTTPSErrors: true,
        // A colour on its way to another one is not what people read.
        reducedMotion: 'reduce', ...options });
    if (options.javaScriptEnabled === false) withoutScripts.add(context);
    context.setDefaultTimeout(PATIENCE_MS);
    const all = [];
    context.on('page', (page) => all.push(new Complaints(page)));
    await context.addInitScript(reportViolations);
    const page = await context.newPage();
    try {
      const forgive = (pattern) => all.forEach((each) => each.forgive(pattern));
      await body(page, { context, forgive });
      mustBeEmpty(all.flatMap((each) => each.left), 'the browser complains');
    } catch (error) {
      await keepPicture(page, 'failed').catch(() => {});
      throw error;
    } finally {
      await context.close();
    }
  }
}

export const pictureOf = (name) => join(PICTURES, `${name}.png`);

async function keepPicture(page, name) {
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: pictureOf(name), fullPage: true });
}

/** Calls `body(name)` with the page in each look, then puts it back as it was. */
export async function inEachLook(page, body) {
  const viewport = page.viewportSize();
  try {
    for (const [name, look] of Object.entries(LOOKS)) {
      await page.emulateMedia({ colorScheme: look.colorScheme });
      await page.setViewportSize(look.viewport);
      await body(name);
    }
  } finally {
    await page.emulateMedia({ colorScheme: null });
    await page.setViewportSize(viewport);
  }
}

/** Writes build/screenshots/NAME-light.png, -dark and -narrow, for people to look at. */
export function shoot(page, name) {
  return inEachLook(page, (look) => keepPicture(page, `${name}-${look}`));
}

/** Fails if the page has to be scrolled sideways. */
export async function fitsItsWidth(page) {
  const [content, window] = await page.evaluate(() =>
    [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  assert.ok(content <= window, `${page.url()} is ${content} pixels wide, in ${window}`);
}

const hasFocus = (locator) => locator.evaluate((element) => element === document.activeElement);

/** Returns when it has the focus, which a page gives it only once it is drawn. */
export async function focused(locator) {
  await until(() => hasFocus(locator), () => `the focus is at ${locator}`);
  return locator;
}

/** Presses Tab until the focus is there, and says how often that was; for whoever has no mouse. */
export async function tabTo(page, role, name) {
  const wanted = page.getByRole(role, { name });
  await wanted.waitFor();
  for (let tabs = 0; tabs <= TABS_MAX; ++tabs) {
    if (await hasFocus(wanted)) return tabs;
    await page.keyboard.press('Tab');
  }
  throw new Error(`${TABS_MAX} times Tab do not lead to the ${role} "${name}"`);
}
