// SPDX-License-Identifier: Apache-2.0
// The pages in another language than English: which one somebody gets, whether anything of it is
// still English, and in which language mails come. That all languages have the same texts with the
// same values is a test of companion/words.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { ANSWER, PASSWORD, settle, SUBJECT } from './accounts.mjs';
import { Appliance, ticketIn } from './appliance.mjs';
import { totp } from './authenticator.mjs';
import { examine } from './axe.mjs';
import { Browser } from './browser.mjs';
import { field, heading, isAt, press, signInTo } from './walk.mjs';

const COMPANION = fileURLToPath(new URL('../../companion/', import.meta.url));
const textsOf = (language) =>
  JSON.parse(readFileSync(join(COMPANION, 'texts', `${language}.json`), 'utf8'));
const ENGLISH = textsOf('en');
const FINNISH = textsOf('fi');
const FINNISH_SUBJECT = { activate: /^Ota tilisi käyttöön/, added: /uusi kirjautumistapa lisättiin/,
  codesMade: /uudet palautuskoodit luotiin/ };
const OPEN_PAGES = ['/sign-in', '/forgotten', '/unlock', '/link', '/account', '/no-such-page'];
const OWN_PAGES = ['/account', '/account/profile', '/account/password', '/account/question',
  '/account/sessions', '/account/activity', '/account/recovery-codes', '/factors',
  '/account/contact/reset-phone'];

let appliance;
let browser;

before(async () => {
  appliance = await Appliance.start();
  browser = await Browser.start();
});

after(async () => {
  await browser?.stop();
  await appliance?.stop();
});

const at = (path) => appliance.origin + path;
const languageOf = (page) => page.locator('html').getAttribute('lang');

// Without values, and another one in Finnish: what cannot be on a Finnish page by chance.
const onlyEnglish = new Set(Object.entries(ENGLISH)
  .filter(([key, text]) => !text.includes('{') && text !== FINNISH[key] && key !== 'language.name')
  .map(([, text]) => text));

/** Fails if the page says that it is in another language, or says anything in English. */
async function isFinnish(page) {
  assert.equal(await languageOf(page), 'fi', page.url());
  const said = await page.evaluate(() => {
    const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
    const words = [...document.querySelectorAll('*')].flatMap((element) =>
      [...element.attributes].map((attribute) => attribute.value));
    while (walker.nextNode()) words.push(walker.currentNode.textContent.trim());
    return words;
  });
  assert.deepEqual(said.filter((text) => onlyEnglish.has(text)), [], page.url());
}

const sourcesIn = (folder, suffix) => readdirSync(join(COMPANION, folder))
  .filter((name) => suffix.test(name))
  .map((name) => readFileSync(join(COMPANION, folder, name), 'utf8')).join('\n');

describe('the texts', () => {
  // Made up of a name that the daemon or a module tells, as in "activity." + event.
  const families = new RegExp('^(account\\.done|activity|' +
    'authenticator\\.(device|install|scan|store)|' +
    'card|link\\.about|phone|question|reach|sessions\\.done)\\.');

  test('none is left over', () => {
    const code = ['door', 'pages', 'view', 'words'].map((folder) => sourcesIn(folder, /\.[ch]pp$/));
    const named = new Set([...code.join('\n').matchAll(/"([a-z][a-z0-9_.-]*)"/g)].map(([, key]) =>
      key));
    const pages = sourcesIn('templates', /\.html$/);
    for (const [, key] of pages.matchAll(/\[\[([^\]]+)\]\]/g)) named.add(key);
    const left = Object.keys(ENGLISH).filter((key) => !named.has(key) && !families.test(key));
    assert.deepEqual(left, []);
  });

  test('every plural has the cases that its language needs', () => {
    for (const language of ['en', 'fi']) {
      const needed = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
      for (const [key, text] of Object.entries(textsOf(language))) {
        if (!/, plural,/.test(text)) continue;
        // A sentence that has words of its own for none may say the rest in one way.
        const cases = needed.filter((name) => name === 'other' || !/=0 \{/.test(text));
        for (const name of cases) {
          assert.match(text, new RegExp(`[ ,]${name} \\{`), `${language}: ${key}`);
        }
      }
    }
  });

  test('quotation marks and apostrophes are those of print', () => {
    for (const [texts, wrong] of [[ENGLISH, /["']|”[^”“]*”/], [FINNISH, /["'“]/]]) {
      const found = Object.entries(texts).filter(([, text]) => wrong.test(text));
      assert.deepEqual(found, []);
    }
  });
});

for (const scripts of [true, false]) {
  describe(scripts ? 'with scripts' : 'without scripts', () => {
    const visit = (options, body) =>
      browser.visit({ javaScriptEnabled: scripts, ...options }, body);

    test('whoever prefers Finnish gets it, on every page before signing in', () =>
      visit({ locale: 'fi-FI' }, async (page) => {
        for (const path of OPEN_PAGES) {
          await page.goto(at(path));
          await isFinnish(page);
        }
        await page.goto(at('/sign-in'));
        await heading(page, FINNISH['sign_in.title']);
        await examine(page, 'sign-in-fi');
      }));

    test('whoever prefers what there is not gets English', () =>
      visit({ locale: 'pl-PL' }, async (page) => {
        await page.goto(at('/sign-in'));
        assert.equal(await languageOf(page), 'en');
      }));

    test('what is chosen at the foot of a page stays', () =>
      visit({}, async (page, { context }) => {
        await page.goto(at('/forgotten'));
        assert.equal(await languageOf(page), 'en');
        const english = page.getByRole('button', { name: 'English', exact: true });
        assert.equal(await english.getAttribute('aria-current'), 'true');
        await press(page, 'Suomi');
        isAt(page, '/forgotten');
        await isFinnish(page);
        await page.goto(at('/sign-in'));
        await isFinnish(page);
        const later = await context.newPage();
        await later.goto(at('/unlock'));
        await isFinnish(later);
        await later.close();
        await press(page, 'English');
        assert.equal(await languageOf(page), 'en');
        isAt(page, '/sign-in');
      }));

    test('a mistake is told in Finnish', () => visit({ locale: 'fi' }, async (page) => {
      await page.goto(at('/sign-in'));
      await field(page, FINNISH['field.username']).fill('nobody');
      await field(page, FINNISH['field.password']).fill(PASSWORD);
      await press(page, FINNISH['sign_in.button']);
      const told = page.locator('[data-errors] li');
      await told.filter({ hasText: FINNISH['sign_in.wrong'] }).waitFor();
      await isFinnish(page);
    }));

    test('somebody goes the whole way in Finnish, and the mails are Finnish', async () => {
      const person = await appliance.invite({ language: 'fi' });
      const mail = await appliance.nextMail(person.email, FINNISH_SUBJECT.activate);
      await visit({ locale: 'fi-FI' }, async (page) => {
        await page.goto(at(`/t/${ticketIn(mail)}`));
        await isFinnish(page);
        await press(page, FINNISH['link.activation_button']);
        isAt(page, '/activate/password');
        await isFinnish(page);
        await examine(page, 'activate-password-fi');
        await field(page, FINNISH['password.new']).fill(PASSWORD);
        await field(page, FINNISH['password.repeat']).fill(PASSWORD);
        await press(page, FINNISH['password.first_button']);
        isAt(page, '/activate/question');
        await isFinnish(page);
        await field(page, FINNISH['question.label']).selectOption('3');
        await field(page, FINNISH['field.answer']).fill(ANSWER);
        await press(page, FINNISH['question.first_button']);
        isAt(page, '/activate/phone');
        await isFinnish(page);
        await examine(page, 'activate-phone-fi');
        await page.getByRole('link', { name: FINNISH['reach.skip'] }).click();
        isAt(page, '/factors');
        await isFinnish(page);
        await examine(page, 'factors-fi');
        await page.locator('a[href^="/factors/authenticator"]').first().click();
        await isFinnish(page);
        await page.locator('input[name=device]').first().check();
        await press(page, FINNISH['authenticator.next']);
        await isFinnish(page);
        await examine(page, 'authenticator-scan-fi');
        const secret = await page.locator('#key').getAttribute('data-value');
        await field(page, FINNISH['authenticator.code']).fill(await totp(secret, appliance.now()));
        await press(page, FINNISH['authenticator.confirm']);
        isAt(page, '/factors');
        await isFinnish(page);
        await appliance.nextMail(person.email, FINNISH_SUBJECT.added);
        assert.equal(appliance.mailbox.count(person.email, SUBJECT.factorAdded), 0);
      });
    });

    test('all settings are Finnish, and so are mails once that is chosen there', async () => {
      const person = await settle(appliance);
      await visit({}, async (page) => {
        await signInTo(appliance, page, person, '/account');
        await press(page, 'Suomi');
        for (const path of OWN_PAGES) {
          await page.goto(at(path));
          isAt(page, path);
          await isFinnish(page);
          await examine(page, `${path.slice(1).replaceAll('/', '-')}-fi`);
        }
        await page.goto(at('/account/profile'));
        await page.locator('input[name=language][value=fi]').check();
        await press(page, FINNISH['profile.save']);
        isAt(page, '/account');
        await page.getByRole('status').filter({ hasText: FINNISH['account.done.profile'] })
          .waitFor();
        await page.goto(at('/account/recovery-codes'));
        await press(page, FINNISH['recovery_codes.make']);
        await isFinnish(page);
        await appliance.nextMail(person.email, FINNISH_SUBJECT.codesMade);
      });
    });
  });
}
