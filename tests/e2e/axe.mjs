// SPDX-License-Identifier: Apache-2.0
// What axe-core finds against WCAG 2.2 AA on a page as it stands.
//
// It runs in a JavaScript world of its own, which sees the page and is not bound by its policy.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { fitsItsWidth, inEachLook, mustBeEmpty, runsScripts, shoot } from './browser.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const OPTIONS = { runOnly: { type: 'tag',
  values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] } };

async function foundIn(page) {
  const devtools = await page.context().newCDPSession(page);
  try {
    const { frameTree } = await devtools.send('Page.getFrameTree');
    const { executionContextId: contextId } = await devtools.send('Page.createIsolatedWorld',
      { frameId: frameTree.frame.id, worldName: 'axe' });
    const evaluate = async (expression) => {
      const { result, exceptionDetails } = await devtools.send('Runtime.evaluate',
        { expression, contextId, awaitPromise: true, returnByValue: true });
      assert.equal(exceptionDetails, undefined, JSON.stringify(exceptionDetails));
      return result.value;
    };
    await evaluate(`${AXE};undefined`);
    const found = await evaluate(`axe.run(document, ${JSON.stringify(OPTIONS)})
      .then(({ violations, passes }) => ({ violations, passed: passes.length }))`);
    assert.ok(found.passed > 0, 'axe looked at nothing');
    return found.violations.flatMap(({ id, help, nodes }) =>
      nodes.map(({ target }) => `${id}: ${help}: ${target.join(' ')}`));
  } finally {
    await devtools.detach().catch(() => {});
  }
}

// Axe waits now and then, which nothing does where scripts are off: what stands in the page is then
// shown by another one, without its scripts.
async function withCopy(page, body) {
  const context = await page.context().browser().newContext(
    { bypassCSP: true, ignoreHTTPSErrors: true, viewport: page.viewportSize(),
      colorScheme: await schemeOf(page) });
  try {
    const html = await page.content();
    await context.route('**', (route, request) =>
      (request.resourceType() === 'script' ? route.abort() : route.continue()));
    await context.route(page.url(), (route) =>
      route.fulfill({ body: html, contentType: 'text/html; charset=utf-8' }));
    const copy = await context.newPage();
    await copy.goto(page.url());
    return await body(copy);
  } finally {
    await context.close();
  }
}

async function schemeOf(page) {
  return await page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches)
    ? 'dark' : 'light';
}

/** Every violation: "rule: what is wrong: where". */
export function violations(page) {
  return runsScripts(page.context()) ? foundIn(page) : withCopy(page, foundIn);
}

/** Fails if axe finds anything on the page as it stands. */
export async function axe(page) {
  mustBeEmpty(await violations(page), page.url());
}

/** A page from every side: pictures, axe and its width; light, dark and narrow. */
export async function examine(page, name) {
  await inEachLook(page, async () => {
    await axe(page);
    await fitsItsWidth(page);
  });
  await shoot(page, name);
}
