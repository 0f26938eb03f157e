#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// write.mjs OUTPUT_DIR [rtl]: the pages of pages.mjs as files, from the templates and English
// words that the companion uses. With rtl, as they are in a language from right to left. They
// expect what build.mjs makes below /static/.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { Pages } from './ctemplate.mjs';
import { FOOT, PAGES } from './pages.mjs';

const COMPANION = fileURLToPath(new URL('../..', import.meta.url));

// [[name, HTML]] of every page; `direction` is ltr or rtl.
export function writtenPages(direction) {
  const words = JSON.parse(readFileSync(`${COMPANION}/texts/en.json`, 'utf8'));
  const everywhere = { PRODUCT: 'Example Insurance', CSRF: 'c'.repeat(32), ONCE: 'o'.repeat(32) };
  const pages = new Pages(`${COMPANION}/templates`, words, everywhere);
  return PAGES.map(([name, template, values]) => {
    const head = { ...values.HEAD, DIR: direction };
    return [name, pages.render(template, { ...values, HEAD: head, FOOT })];
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [output, direction = 'ltr'] = process.argv.slice(2);
  if (!output) {
    console.error('usage: write.mjs OUTPUT_DIR [rtl]');
    process.exit(2);
  }
  mkdirSync(output, { recursive: true });
  for (const [name, html] of writtenPages(direction)) {
    writeFileSync(`${output}/${name}.html`, html);
  }
}
