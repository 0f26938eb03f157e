// SPDX-License-Identifier: Apache-2.0
// Another language is one more file, from the right to the left as well: a catalogue made of the
// English one, 40 % longer and in Arabic letters. Every page that can be opened stands in it.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { freshCode, settle } from './accounts.mjs';
import { Appliance, SHARE } from './appliance.mjs';
import { axe } from './axe.mjs';
import { Browser, fitsItsWidth, NARROW, shoot } from './browser.mjs';
import { routes } from './routes.mjs';

const LETTERS = 'ابتثجحخدذرزسشصضطظعغفقكلمنهوي';
const LONGER = 1.4;
const OWN_NAMES = ['English', 'Suomi']; // languages are called what they call themselves
// What stands for a value, or belongs to the syntax of plurals, stays.
const SYNTAX =
  /\{\w+, (?:plural|select),|=\d+ \{|\b(?:one|two|few|many|other|none) \{|\{\w+\}|[{}#]/g;

let share;
let appliance;
let browser;
let person;

function foreign(text) {
  let at = 0;
  const letters = (part) => {
    const long = part.trim() ? part + part.slice(0, Math.ceil(part.length * (LONGER - 1))) : part;
    return long.replace(/\p{L}/gu, () => LETTERS[at++ % LETTERS.length]);
  };
  const kept = text.match(SYNTAX) ?? [];
  return text.split(SYNTAX).map((part, i) => letters(part) + (kept[i] ?? '')).join('');
}

/** Its numbers, and names of others (YubiKey, Google), are the same in every language. */
function catalogue() {
  const english = JSON.parse(readFileSync(join(SHARE, 'texts/en.json'), 'utf8'));
  const made = Object.fromEntries(Object.entries(english).map(([key, text]) =>
    [key, foreign(text)]));
  return { ...made, 'language.direction': 'rtl', 'language.locale': 'ar',
    'language.name': foreign('Arabic') };
}

before(async () => {
  share = mkdtempSync(join(tmpdir(), 'countersign-share-'));
  mkdirSync(join(share, 'texts'));
  for (const part of ['templates', 'texts', 'static']) {
    cpSync(join(SHARE, part), join(share, part), { recursive: true, dereference: true });
  }
  writeFileSync(join(share, 'texts/ar-XB.json'), JSON.stringify(catalogue()));
  [appliance, browser] = await Promise.all(
    [Appliance.start({ web: { '': { share } } }), Browser.start()]);
  person = await settle(appliance);
});
after(async () => {
  await browser?.stop();
  await appliance?.stop();
  rmSync(share, { recursive: true });
});

async function look(page) {
  assert.equal(await page.locator('html').getAttribute('dir'), 'rtl', page.url());
  await page.setViewportSize(NARROW);
  await axe(page);
  await fitsItsWidth(page);
  const heading = await page.locator('h1').innerText();
  assert.match(heading, /[\u0600-\u06ff]/, `${page.url()}: ${heading}`);
  const labels = (await page.locator('label').allInnerTexts())
    .filter((text) => !OWN_NAMES.includes(text));
  assert.ok(labels.every((text) => /[\u0600-\u06ff]/.test(text)), `${page.url()}: ${labels}`);
}

test('what strangers see stands in it, and fits a phone', async () => {
  await browser.visit({ locale: 'ar-XB' }, async (page) => {
    for (const { path, access } of routes('get')) {
      if (access !== 'anyone' || path.includes('{id}') || path === '/') continue;
      await page.goto(appliance.origin + path);
      await look(page);
    }
    await page.goto(`${appliance.origin}/sign-in`);
    await shoot(page, 'right-to-left-sign-in');
  });
});

test('what people see who are signed in stands in it, and fits a phone', async () => {
  await browser.visit({ locale: 'ar-XB' }, async (page) => {
    await page.goto(`${appliance.origin}/sign-in`);
    await page.locator('[name=username]').fill(person.username);
    await page.locator('[name=password]').fill(person.password);
    await page.locator('main button.button').click();
    await page.locator('[name=code]').fill(await freshCode(appliance, person));
    await page.locator('main button.button').click();
    for (const { path, access } of routes('get')) {
      if (!['account', 'set_up'].includes(access) || path.includes('{id}')) continue;
      await page.goto(appliance.origin + path);
      await look(page);
    }
    await page.goto(`${appliance.origin}/account`);
    await shoot(page, 'right-to-left-account');
    await page.goto(`${appliance.origin}/factors`);
    await shoot(page, 'right-to-left-factors');
  });
});
