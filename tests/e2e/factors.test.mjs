// SPDX-License-Identifier: Apache-2.0
// Each way to sign in, set up by whoever activates an account; then renamed and removed.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { FACTOR_ANSWER, FACTOR_QUESTION, freshCode, settle, wrongCode } from './accounts.mjs';
import { Appliance, codeIn } from './appliance.mjs';
import { readQr } from './authenticator.mjs';
import { examine } from './axe.mjs';
import { Browser, runsScripts } from './browser.mjs';
import { PORTAL_URL, SUPPORT } from './settings.mjs';
import { errors, field, heading, isAt, press, setUp, signInTo, toFactors } from './walk.mjs';
import { importKeys, VirtualYubikey } from './yubikey.mjs';

const RESEND_SECONDS = 60;
const SECRET_LIFETIME = 15 * 60;

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

// Pages look the same with scripts and without: they are looked at once.
async function look(page, name) {
  if (runsScripts(page.context())) await examine(page, name);
}

async function keyInStock() {
  const key = new VirtualYubikey();
  await importKeys(appliance, [key]);
  return key;
}

// Chooses the device and scans; the code is still to be typed.
async function scan(page, person, app) {
  await setUp(page, app);
  await page.getByLabel('Android').check();
  await press(page, 'Continue');
  person.authenticator = { uri: await readQr(page.locator('.qr svg')) };
}

async function typeCode(page, code) {
  await field(page, 'The code that the app shows').fill(code);
  await press(page, 'Continue');
}

async function mustBeSetUp(page, name) {
  isAt(page, '/factors');
  const said = new RegExp(`^${name}(: .*)? is set up\\.$`);
  await page.getByRole('status').filter({ hasText: said }).waitFor();
  await page.getByRole('heading', { level: 3, name: new RegExp(`^${name}`) }).first().waitFor();
}

async function mustBeActive(person) {
  const { state } = await appliance.provision('get-subject',
    { subject: { username: person.username } });
  assert.equal(state, 'SUBJECT_ACTIVE');
}

const WAYS = {
  'Google Authenticator': async (page, person) => {
    await setUp(page, 'Google Authenticator');
    await look(page, 'authenticator');
    await page.goBack();
    await scan(page, person, 'Google Authenticator');
    await look(page, 'authenticator-scan');
    await typeCode(page, await wrongCode(appliance, person));
    assert.match((await errors(page)).join(), /clock/);
    await look(page, 'authenticator-wrong');
    assert.equal(await readQr(page.locator('.qr svg')), person.authenticator.uri);
    await typeCode(page, await freshCode(appliance, person));
  },
  'Okta Verify': async (page, person) => {
    await setUp(page, 'Okta Verify');
    await field(page, 'iPhone or iPad').check();
    await press(page, 'Continue');
    await page.getByText('Can’t scan?').click();
    person.authenticator = { uri: await page.locator('#key').textContent() };
    assert.match(person.authenticator.uri.trim(), /^([A-Z2-7]{4} )+[A-Z2-7]{1,4}$/);
    await typeCode(page, await freshCode(appliance, person));
  },
  YubiKey: async (page) => {
    const key = await keyInStock();
    await setUp(page, 'YubiKey');
    await look(page, 'yubikey');
    await field(page, 'Tap your YubiKey').focus();
    await key.tap(page, { layout: 'russian' });
    await page.waitForURL(/done=/);
  },
  'Text message': async (page, person) => {
    await setUp(page, 'Text message');
    await look(page, 'sms');
    await page.locator('select[name=country]').selectOption('FI', { force: true });
    await field(page, 'Mobile number').fill(person.phone.replace('+358', '0'));
    await press(page, 'Send me the code');
    isAt(page, '/factors/sms/code');
    await look(page, 'sms-code');
    await field(page, 'Code').fill(codeIn(await appliance.nextSms(person.phone)));
    await press(page, 'Continue');
  },
  'E-mail': async (page, person) => {
    await setUp(page, 'E-mail');
    await press(page, 'Send me the code');
    isAt(page, '/factors/email/code');
    const { text } = await appliance.nextMail(person.email, /Confirm this e-mail address/);
    await field(page, 'Code').fill(codeIn(text));
    await press(page, 'Continue');
  },
};

for (const javaScriptEnabled of [true, false]) {
  describe(javaScriptEnabled ? 'with scripts' : 'without scripts', () => {
    const visit = (body) => browser.visit({ javaScriptEnabled }, body);
    const begun = (body) => visit(async (page, rest) => {
      const person = await appliance.invite();
      await toFactors(appliance, page, person);
      await body(page, person, rest);
    });

    for (const [name, way] of Object.entries(WAYS)) {
      test(`${name} makes the account active and leads to the portal`, () =>
        begun(async (page, person, { context, forgive }) => {
          await way(page, person);
          await mustBeSetUp(page, name);
          await mustBeActive(person);
          await page.getByRole('link', { name: 'Finish' }).click();
          await heading(page, 'You are all set');
          const cookies = (await context.cookies()).map((cookie) => cookie.name);
          assert.ok(!cookies.includes('__Host-countersign-ticket'), 'the link is still kept');
          await page.getByRole('listitem').filter({ hasText: name }).first().waitFor();
          await look(page, 'activated');
          // Nobody is there: that the browser went is what counts.
          forgive(/ERR_NAME_NOT_RESOLVED/);
          const [asked] = await Promise.all([page.waitForRequest(`${PORTAL_URL}**`),
            press(page, 'Continue to the portal')]);
          const ticket = new URL(asked.url()).searchParams.get('ticket');
          const report = await appliance.verify('redeem-hand-over', { ticket });
          assert.equal(report.answer, 'ACCEPTED');
          assert.equal(report.subject.username, person.username);
        }));
    }

    test('nothing, and a question alone, is not enough to finish', () =>
      begun(async (page) => {
        await look(page, 'factors-none');
        await press(page, 'Finish');
        assert.match((await errors(page)).join(), /at least one/);
        await look(page, 'factors-finish');
        await setUp(page, 'Secret question');
        await field(page, 'Question').selectOption('own');
        await field(page, 'Your own question').fill(FACTOR_QUESTION);
        await field(page, 'Your answer').fill(FACTOR_ANSWER);
        await press(page, 'Save');
        isAt(page, '/factors');
        await press(page, 'Finish');
        assert.match((await errors(page)).join(), /not enough/);
      }));

    test('a phone is optional, and is confirmed by a code', () => visit(async (page) => {
      const person = await appliance.invite();
      await toFactors(appliance, page, person, async () => {
        await look(page, 'activate-phone');
        await page.locator('select[name=country]').selectOption('FI', { force: true });
        const number = field(page, 'Mobile number');
        for (const [typed, why] of [['09 1234 5678', /fixed line/], ['0600 12345', /premium/],
          ['040 12', /too few digits|no such number/], ['abc', /such as/]]) {
          await number.fill(typed);
          await press(page, 'Send me the code');
          assert.match((await errors(page)).join(), why);
          assert.equal(await number.inputValue(), typed);
          assert.equal(await page.locator('select[name=country]').inputValue(), 'FI');
        }
        await look(page, 'activate-phone-wrong');
        await number.fill('040 000 0000');
        await press(page, 'Send me the code');
        await page.getByRole('link', { name: 'Change number' }).click();
        await page.locator('select[name=country]').selectOption('FI', { force: true });
        await number.fill(person.phone.replace('+358', '0'));
        await press(page, 'Send me the code');
        await page.getByText('+358 ••••••').first().waitFor();
        const code = codeIn(await appliance.nextSms(person.phone));
        await field(page, 'Code').fill(code === '000000' ? '000001' : '000000');
        await press(page, 'Continue');
        assert.match((await errors(page)).join(), /not right/);
        await appliance.passTime(RESEND_SECONDS);
        await page.reload().catch(() => {});
        await field(page, 'Code').fill(code);
        await press(page, 'Continue');
        isAt(page, '/activate/phone');
        await look(page, 'activate-phone-done');
        await page.getByRole('link', { name: 'Create my account' }).click();
      });
      // What was typed once is not asked for again.
      await setUp(page, 'Text message');
      const known = await page.locator('input[name=phone]').inputValue();
      assert.equal(`+358${known}`, person.phone);
      assert.equal(await page.locator('select[name=country]').inputValue(), 'FI');
    }));

    test('what a YubiKey types is understood, or told what is wrong with it', () =>
      begun(async (page) => {
        const key = await keyInStock();
        await setUp(page, 'YubiKey');
        const otp = field(page, 'Tap your YubiKey');
        const refused = async (typed, why) => {
          await otp.fill(typed);
          await press(page, 'Continue');
          await page.locator('[data-errors] li').filter({ hasText: why }).waitFor();
        };
        await refused('123456', /other slot/);
        await refused(key.otp().slice(0, 20), /Not the whole code/);
        await refused('a password of mine', /not what a YubiKey types/);
        const stranger = new VirtualYubikey();
        await refused(stranger.otp(), new RegExp(`${stranger.publicId}.*${SUPPORT.slice(0, 12)}`));
        await look(page, 'yubikey-unknown');
        // Tapped at the name: that is no name.
        await field(page, 'Name (if you like)').focus();
        await stranger.tap(page);
        await page.locator('[data-errors] li').filter({ hasText: stranger.publicId }).waitFor();
        assert.equal(await field(page, 'Name (if you like)').inputValue(), '');
        const long = 'On my key ring, the one from work, with a dent';
        await field(page, 'Name (if you like)').fill(long);
        await otp.fill(key.otp());
        await press(page, 'Continue');
        assert.match((await errors(page)).join(), /at most 40/);
        await field(page, 'Name (if you like)').fill('On my key ring');
        await otp.fill(` ${key.otp().toUpperCase()}\n${key.otp()} `);
        await press(page, 'Continue');
        await mustBeSetUp(page, 'YubiKey');
        await page.getByRole('heading', { name: 'YubiKey: On my key ring' }).waitFor();
        // The page that follows takes nothing from a second tap.
        await key.tap(page);
        isAt(page, '/factors');
        // And the key leads on where it is set up already.
        await page.goto(at('/factors/yubikey'));
        await otp.fill(key.otp());
        await press(page, 'Continue');
        await mustBeSetUp(page, 'YubiKey');
      }));

    test('a step that was done leads on', () => begun(async (page, person) => {
      await scan(page, person, 'Google Authenticator');
      const scanned = page.url();
      // Begun again, it is the same secret.
      await page.goto(at('/factors'));
      const { uri } = person.authenticator;
      await scan(page, person, 'Google Authenticator');
      assert.equal(person.authenticator.uri, uri);
      await typeCode(page, await freshCode(appliance, person));
      await mustBeSetUp(page, 'Google Authenticator');
      await page.goto(scanned);
      await mustBeSetUp(page, 'Google Authenticator');
      await page.goto(at('/activate/phone'));
      isAt(page, '/factors');
    }));

    test('a secret that was left lying is made anew', () => begun(async (page, person) => {
      await scan(page, person, 'Okta Verify');
      const { uri } = person.authenticator;
      await appliance.passTime(SECRET_LIFETIME);
      await field(page, 'The code that the app shows').fill('123456');
      await press(page, 'Continue');
      isAt(page, '/factors/authenticator/okta');
      await page.getByText('too old').waitFor();
      await page.getByLabel('Android').check();
      await press(page, 'Continue');
      assert.notEqual(await readQr(page.locator('.qr svg')), uri);
    }));

    test('factors are renamed and removed, but for the last one', () => visit(async (page) => {
      const person = await settle(appliance, { factors: ['totp', 'email'] });
      await signInTo(appliance, page, person, '/factors');
      await look(page, 'factors');
      await page.getByRole('link', { name: /^Rename Authenticator/ }).click();
      await field(page, 'Name').fill('My <b>old</b> phone');
      await look(page, 'factor-rename');
      await press(page, 'Save');
      await page.getByRole('heading', { name: 'My <b>old</b> phone' }).waitFor();
      await page.getByRole('link', { name: /^Remove E-mail/ }).click();
      await look(page, 'factor-remove');
      await press(page, 'Remove');
      isAt(page, '/factors');
      await page.getByRole('status').filter({ hasText: /^E-mail.* was removed/ }).waitFor();
      // The last one says so by having no such button; its page can be known from before.
      assert.equal(await page.getByRole('link', { name: /^Remove/ }).count(), 0);
      const number = await page.locator('[data-factor]').getAttribute('data-factor');
      await page.goto(at(`/factors/${number}/remove`));
      await press(page, 'Remove');
      assert.match((await errors(page)).join(), /last way/);
      assert.equal(await page.getByRole('button', { name: 'Remove' }).count(), 0);
      await look(page, 'factor-remove-last');
      await page.getByRole('link', { name: 'Back to the list' }).click();
      assert.equal(await page.getByRole('link', { name: 'Finish' }).count(), 0);
      await page.getByRole('link', { name: 'Back to account settings' }).click();
      isAt(page, '/account');
    }));

    test('an address is changed by a code that goes there, and removed', () =>
      visit(async (page) => {
        const person = await settle(appliance);
        await signInTo(appliance, page, person, '/account/contact/secondary-email');
        await look(page, 'contact');
        await field(page, 'E-mail address').fill(`new-${person.email}`);
        await press(page, 'Send me the code');
        const { text } = await appliance.nextMail(`new-${person.email}`, /Confirm this e-mail/);
        await field(page, 'Code').fill(codeIn(text));
        await press(page, 'Continue');
        isAt(page, '/account');
        const profile = async () => (await person.visit.ask('get-profile')).contacts;
        assert.ok((await profile()).some(({ kind, state, destination }) =>
          kind === 'SECONDARY_EMAIL' && state === 'ACTIVE' && destination.startsWith('n•••')));
        await page.goto(at('/account/contact/secondary-email'));
        await page.getByRole('link', { name: 'Remove it' }).click();
        await press(page, 'Remove');
        assert.ok(!(await profile()).some(({ kind, state }) =>
          kind === 'SECONDARY_EMAIL' && state === 'ACTIVE'));
      }));
  });
}
