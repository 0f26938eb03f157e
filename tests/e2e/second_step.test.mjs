// SPDX-License-Identifier: Apache-2.0
// Each way to show who one is, after the password and before a change: what is sent, typed, tapped,
// answered, and what stands on paper.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { FACTOR_ANSWER, settle } from './accounts.mjs';
import { Appliance, codeIn } from './appliance.mjs';
import { examine } from './axe.mjs';
import { Browser, runsScripts } from './browser.mjs';
import { errors, field, heading, isAt, press } from './walk.mjs';

const PROOF_LIFETIME = 5 * 60;
const RESEND_SECONDS = 60;

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

// Pages look the same with scripts and without: they are looked at once.
async function look(page, name) {
  if (runsScripts(page.context())) await examine(page, name);
}

async function typePassword(page, person, path) {
  await page.goto(`${appliance.origin}/sign-in?next=${path}`);
  await field(page, 'Username').fill(person.username);
  await field(page, 'Password').fill(person.password);
  await press(page, 'Sign in');
  await heading(page, 'One more step');
}

async function typeCode(page, code) {
  await field(page, 'Code').fill(code);
  await press(page, 'Continue');
}

async function answer(page, text) {
  await field(page, 'Your answer').fill(text);
  await press(page, 'Continue');
}

// Asks for a code, types a wrong one, then the one that was sent.
const bySent = (message) => async (page, person, name) => {
  await page.getByRole('button', { name: /^Send a code to / }).click();
  await page.getByText('We have sent a code to').waitFor();
  await look(page, `${name}-code`);
  const code = codeIn(await message(person));
  // Too soon for another one, which scripts do not let anybody ask for: the first is still good.
  if (!runsScripts(page.context())) {
    await press(page, 'Send another code');
    assert.match((await errors(page)).join(), /seconds/);
  }
  await typeCode(page, code === '123456' ? '654321' : '123456');
  assert.match((await errors(page)).join(), /not right/);
  await look(page, `${name}-wrong`);
  await typeCode(page, code);
};

const WAYS = {
  sms: { name: /^Text message/,
    go: bySent((person) => appliance.nextSms(person.phone)) },
  email: { name: /^E-mail/,
    go: bySent(async (person) => (await appliance.nextMail(person.email, /code/)).text) },
  question: { name: /^Secret question/, go: async (page) => {
    await answer(page, 'something else');
    assert.match((await errors(page)).join(), /not right/);
    await answer(page, FACTOR_ANSWER);
  } },
  recovery: { name: /^Recovery codes/, go: async (page, person) => {
    await page.getByText('Type a recovery code that you have not used yet.').waitFor();
    const code = person.recoveryCodes.pop();
    if (person.usedCode) {
      await typeCode(page, person.usedCode);
      assert.match((await errors(page)).join(), /has been used\. Type another one/);
    }
    await typeCode(page, code);
    person.usedCode = code;
  } },
  yubikey: { name: /^YubiKey/, go: async (page, person, name) => {
    const tap = (how) => person.yubikey.tap(page, { layout: 'russian', ...how });
    const input = field(page, 'Tap your YubiKey');
    assert.deepEqual([await input.getAttribute('autocomplete'),
      await input.getAttribute('inputmode')], ['off', 'none']);
    for (const [text, words] of [['123456', /typed digits/], ['cccccc', /Not the whole code/],
      [person.usedTap, /used already\. Tap your YubiKey again/]]) {
      if (!text) continue;
      await input.focus();
      await tap({ text });
      await page.locator('[data-errors]').filter({ hasText: words }).waitFor();
    }
    await look(page, `${name}-wrong`);
    await input.focus();
    person.usedTap = person.yubikey.otp();
    await tap({ text: person.usedTap });
    await page.waitForURL((url) => !/prove|factor/.test(url.pathname));
  } },
};

// Which factors somebody has besides, so that there is another one first.
const FACTORS = { sms: ['totp', 'sms'], email: ['totp', 'email'], question: ['totp', 'question'],
  recovery: ['totp', 'recovery'], yubikey: ['totp', 'yubikey'] };

for (const scripts of [true, false]) {
  describe(scripts ? 'with scripts' : 'without scripts', () => {
    for (const [kind, { name, go }] of Object.entries(WAYS)) {
      test(`${kind}: somebody signs in, and proves it again`, async () => {
        const person = await settle(appliance, { factors: FACTORS[kind] });
        await appliance.passTime(RESEND_SECONDS);
        await browser.visit({ javaScriptEnabled: scripts }, async (page) => {
          await typePassword(page, person, '/account');
          await page.getByRole('link', { name }).click();
          await look(page, `second-step-${kind}`);
          await go(page, person, `second-step-${kind}`);
          isAt(page, '/account');
          await appliance.passTime(PROOF_LIFETIME + 1);
          await page.goto(`${appliance.origin}/account/profile`);
          await heading(page, 'Is it you?');
          await look(page, `prove-${kind}`);
          // What was used last is asked for; another way and back again loses nothing.
          await page.getByRole('button', { name: /^Authenticator app/ }).click();
          await field(page, 'Password').fill(person.password);
          await page.getByRole('button', { name }).click();
          assert.equal(await field(page, 'Password').count(), 0, 'it is known');
          await go(page, person, `prove-${kind}`);
          isAt(page, '/account/profile');
        });
      });
    }
  });
}
