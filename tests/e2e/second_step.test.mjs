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
  [appliance, browser] = await Promise.all([Appliance.start(), Browser.start()]);
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

// Asks for a code, types a wrong one, then the one that was sent.
const bySent = (message) => async (page, person, name) => {
  await page.getByRole('button', { name: /^Send a code to / }).click();
  await page.getByText('We have sent a code to').waitFor();
  await look(page, `${name}-code`);
  const code = codeIn(await message(person));
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
    await field(page, 'Your answer').fill('something else');
    await press(page, 'Continue');
    assert.match((await errors(page)).join(), /not right/);
    await field(page, 'Your answer').fill(FACTOR_ANSWER);
    await press(page, 'Continue');
  } },
  recovery: { name: /^Recovery codes/,
    go: (page, person) => typeCode(page, person.recoveryCodes.pop()) },
};

// Which factors somebody has besides, so that there is another one first.
const FACTORS = { sms: ['totp', 'sms'], email: ['totp', 'email'], question: ['totp', 'question'],
  recovery: ['totp', 'recovery'] };

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
          await page.getByRole('link', { name: 'Show it in another way' }).click();
          const other = page.getByRole('link', { name });
          if (await other.count() > 0) await other.click();
          await go(page, person, `prove-${kind}`);
          await field(page, 'Password').fill(person.password);
          await press(page, 'Continue');
          isAt(page, '/account/profile');
        });
      });
    }
  });
}
