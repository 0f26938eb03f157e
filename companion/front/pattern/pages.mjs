// SPDX-License-Identifier: Apache-2.0
// Pages that show every part in every state, with words of nobody's: [name, template, values].

const FORM = '<form method="post" action="/post" data-once>{{>FORM_SECRETS}}';

// As Page makes them: what is wrong, and what describes the input.
function input(part, name, { wrong = [], hint = '', also = '', ...more }) {
  const ID = `field-${name}`;
  const ids = [wrong.length > 0 && `${ID}-error`, hint && `${ID}-hint`, also].filter(Boolean);
  return { part, ID, NAME: name, HAS_HINT: hint && { HINT: hint }, HAS_ERROR: wrong.length > 0,
    WRONG: wrong.map((text) => ({ ERROR_TEXT: text })),
    DESCRIBED: ids.length > 0 && { DESCRIBED_BY: ids.join(' ') }, ...more };
}

function field(name, label, more = {}) {
  return input('field', name, { LABEL: label, TYPE: 'text', AUTOCOMPLETE: 'off',
    AUTOCAPITALIZE: 'none', REQUIRED: true, ...more });
}

const HIDDEN = { TYPE: 'password', REVEAL: true, AUTOCOMPLETE: 'new-password' };
const SECRETS = { part: 'csrf' };

const LANGUAGES = [
  { LANGUAGE_TAG: 'en', LANGUAGE_NAME: 'English', LANGUAGE_CURRENT: true },
  { LANGUAGE_TAG: 'fi', LANGUAGE_NAME: 'Suomi' },
];
export const FOOT = { part: 'foot', HERE: '/account', LANGUAGE: LANGUAGES,
  HAS_SUPPORT: { SUPPORT: 'Service desk, +358 9 123 4567' } };

export function headOf(heading, more) {
  return { part: 'head', LANG: 'en', TITLE: heading, HEADING: heading,
    STYLE_URL: '/static/style.css', SCRIPT_URL: '/static/app.js', BRAND_URL: '/brand.css',
    ...more };
}

const RULES = {
  part: 'rules', ID: 'field-password', USERNAME: 'anna.virtanen',
  LENGTH: { LEAST: 12, RULE_TEXT: 'At least 12 characters' },
  LOWERCASE: true, UPPERCASE: true, NUMBER: true, SYMBOL: true,
  USERNAME_PART: { LEAST: 3, RULE_TEXT: 'No part of your username of 3 characters or more' },
  OTHER_RULE: [{ RULE_TEXT: 'None of the passwords that everybody tries' }],
};

const signIn = ['sign-in', `{{>HEAD}}${FORM}
{{>USERNAME}}{{>PASSWORD}}<button class="button">Sign in</button></form>
<ul class="links"><li><a href="/forgotten">Forgotten your password?</a></li>
<li><a href="/unlock">Is your account locked?</a></li></ul>{{>FOOT}}`,
{ HEAD: headOf('Sign in'), FORM_SECRETS: SECRETS,
  USERNAME: field('username', 'Username', { AUTOCOMPLETE: 'username', AUTOFOCUS: true }),
  PASSWORD: field('password', 'Password', { ...HIDDEN, AUTOCOMPLETE: 'current-password' }) }];

const password = ['password', `{{>HEAD}}<p>You will sign in with it, and with a second factor.</p>
${FORM}{{>RULES}}{{>PASSWORD}}{{>AGAIN}}<button class="button">Continue</button></form>{{>FOOT}}`,
{ HEAD: headOf('Choose a password', { STEP: { STEP_TEXT: 'Step 1 of 4' } }),
  FORM_SECRETS: SECRETS, RULES,
  PASSWORD: field('password', 'New password',
    { ...HIDDEN, AUTOFOCUS: true, also: 'field-password-rules' }),
  AGAIN: field('again', 'The same again', HIDDEN) }];

const errors = ['errors', `{{>HEAD}}<details open><summary>What makes a good question?</summary>
<ul><li>Nobody can guess the answer.</li>
<li>You will still know it in ten years.</li></ul></details>
${FORM}
<input type="text" name="username" value="anna" autocomplete="username" hidden readonly>
{{>QUESTION}}{{>ANSWER}}{{>REASON}}
<button class="button">Save</button>
<a class="button secondary" href="/account">Cancel</a></form>{{>FOOT}}`,
{ HEAD: headOf('Your question', { HAS_ERRORS: true, STEP: { STEP_TEXT: 'Step 2 of 4' },
  ERRORS: { ERROR: [
    { ERROR_TEXT: 'Type an answer of 4 characters or more.',
      AT_FIELD: { FIELD_ID: 'field-answer' } },
    { ERROR_TEXT: 'Leave out your username.', AT_FIELD: { FIELD_ID: 'field-answer' } },
    { ERROR_TEXT: 'Choose what you are asked.', AT_FIELD: { FIELD_ID: 'field-reason' } },
    { ERROR_TEXT: 'Nothing was saved.' }] } }),
  FORM_SECRETS: SECRETS,
  QUESTION: field('question', 'Your own question', { VALUE: 'Which <b> & "c"?',
    hint: 'One that only you can answer.' }),
  ANSWER: field('answer', 'Answer', { ...HIDDEN, AUTOCOMPLETE: 'off',
    hint: 'Nobody can look it up later.',
    wrong: ['Type an answer of 4 characters or more.', 'Leave out your username.'] }),
  REASON: input('choice', 'reason', { LABEL: 'When you are asked', REQUIRED: true,
    wrong: ['Choose what you are asked.'],
    CHOICE: [
      { CHOICE_ID: 'field-reason', CHOICE_VALUE: 'reset', CHOICE_TEXT: 'For a new password',
        HAS_CHOICE_HINT: { CHOICE_HINT: 'After a link or a code.' } },
      { CHOICE_ID: 'field-reason-2', CHOICE_VALUE: 'sign_in', CHOICE_TEXT: 'When you sign in',
        CHECKED: true }] }) }];

const code = ['code', `{{>HEAD}}<p>We have sent a code to +358 •• ••• 4567.
It is good for 10 minutes.</p>${FORM}{{>CODE}}<button class="button">Continue</button></form>
<form method="post" action="/send" data-once>{{>FORM_SECRETS}}{{>RESEND}}</form>{{>FOOT}}`,
{ HEAD: headOf('Type the code'), FORM_SECRETS: SECRETS,
  CODE: input('code', 'code', { LABEL: 'Code', REQUIRED: true,
    AUTOFOCUS: true, HAS_INPUTMODE: { INPUTMODE: 'numeric' }, HAS_MAXLENGTH: { MAXLENGTH: 16 },
    hint: 'Six digits.' }),
  RESEND: { part: 'resend', WAIT_SECONDS: '30' } }];

const COUNTRIES = [['AX', 358, 'Åland Islands'], ['CA', 1, 'Canada'], ['DE', 49, 'Germany'],
  ['FI', 358, 'Finland', true], ['GB', 44, 'United Kingdom', true], ['JM', 1, 'Jamaica'],
  ['PL', 48, 'Poland'], ['SE', 46, 'Sweden'], ['US', 1, 'United States', true]];

const phone = ['phone', `{{>HEAD}}<p>If you forget your password, we send a code there.
What your provider charges, you pay.</p>
${FORM}{{>PHONE}}<button class="button">Send a code</button></form>
<p><a class="button secondary" href="/activate/factors">Skip for now</a></p>{{>FOOT}}`,
{ HEAD: headOf('Your mobile phone', { STEP: { STEP_TEXT: 'Step 3 of 4' } }),
  FORM_SECRETS: SECRETS,
  PHONE: input('country', 'phone', { COUNTRY_ID: 'field-country', COUNTRY_NAME: 'country',
    LABEL: 'Number', REQUIRED: true, hint: 'As you dial it at home.',
    COUNTRY: COUNTRIES.map(([id, calling, name, main]) => ({
      COUNTRY_VALUE: id, COUNTRY_CODE: calling, COUNTRY_TEXT: `${name} (+${calling})`,
      MAIN: main, CHOSEN: id === 'FI' })) }) }];

// Squares in the manner of a QR code; nobody scans it.
const SQUARES = Array.from({ length: 29 * 29 }, (_, n) => [n % 29, Math.floor(n / 29)])
  .filter(([x, y]) => (x * y + x * 3 + y * 5) % 7 < 3)
  .map(([x, y]) => `M${x + 4} ${y + 4}h1v1h-1z`).join('');

const authenticator = ['authenticator', `{{>HEAD}}
<p>Open the app, choose “+”, and scan this code.</p>
<div class="qr"><svg viewBox="0 0 37 37" role="img" aria-label="QR code for your app">
<path d="${SQUARES}"></path></svg></div>
<details><summary>Can’t scan?</summary>
<p>Choose “Enter a setup key”, account anna.virtanen, time based, and type this key:</p>
<p class="key" id="key" data-value="JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP">
<span>JBSW</span> <span>Y3DP</span> <span>EHPK</span> <span>3PXP</span>
<span>JBSW</span> <span>Y3DP</span> <span>EHPK</span> <span>3PXP</span></p>
<p><button type="button" class="button secondary" data-copy="key" data-copied="Copied" hidden>Copy
the key</button></p></details>
${FORM}{{>CODE}}<button class="button">Continue</button></form>{{>FOOT}}`,
{ HEAD: headOf('Set up Google Authenticator'), FORM_SECRETS: SECRETS,
  CODE: input('code', 'code', { LABEL: 'The code that the app shows',
    HAS_INPUTMODE: { INPUTMODE: 'numeric' }, wrong: ['That is not right.'] }) }];

const yubikey = ['yubikey', `{{>HEAD}}<p>Put your YubiKey into a USB port and touch it.</p>
${FORM}{{>KEY}}<button class="button">Continue</button></form>
<p class="warning">Caps Lock does no harm.</p>{{>FOOT}}`,
{ HEAD: headOf('Set up a YubiKey'), FORM_SECRETS: SECRETS,
  KEY: input('yubikey', 'otp', { LABEL: 'YubiKey', REQUIRED: true,
    AUTOFOCUS: true, HAS_MAXLENGTH: { MAXLENGTH: 128 },
    hint: 'The key types a code and presses Enter by itself.' }) }];

function card(name, about, badge, action) {
  return `<li><div class="about"><h3>${name}</h3><p>${about}</p></div>
    <span class="badge${badge.startsWith('Set') ? ' good' : ''}">${badge}</span>
    <a class="button secondary" href="/factors">${action}
    <span class="unseen">${name}</span></a></li>`;
}

const factors = ['factors', `{{>HEAD}}<p>Set up one at least. Two are better: one may be lost.</p>
<h2>Set up</h2><ul class="cards">
${card('YubiKey', 'On my key ring, last used today', 'Set up on 3 March', 'Change')}</ul>
<h2>Available</h2><ul class="cards">
${card('Okta Verify', 'An app on your phone shows a code', 'Not set up', 'Set up')}
${card('Google Authenticator', 'An app on your phone shows a code', 'Not set up', 'Set up')}
${card('Text message', 'Weaker than the others', 'Not set up', 'Set up')}</ul>
${FORM}<button class="button">Finish</button></form>{{>FOOT}}`,
{ HEAD: headOf('Protect your account', { WIDE: true, NOTICE: { NOTICE_TEXT: 'YubiKey set up.' },
  STEP: { STEP_TEXT: 'Step 4 of 4' } }), FORM_SECRETS: SECRETS }];

const settings = ['settings', `{{>HEAD}}<h2>Personal information</h2>
<dl class="facts"><dt>Username</dt><dd>anna.virtanen</dd><dt>Name</dt><dd>Anna Virtanen</dd>
<dt>Primary e-mail</dt><dd>a•••@example.com</dd></dl>
<p><a class="button secondary" href="/account/profile">Edit</a></p>
<h2>Security</h2><ul class="rows">
<li><div class="about"><h3>Password</h3><p>Changed on 3 March</p></div>
<a class="button secondary" href="/account/password">Change</a></li>
<li><div class="about"><h3>Forgotten-password question</h3><p>Set</p></div>
<a class="button secondary" href="/account/question">Edit</a></li>
<li><div class="about"><h3>Old phone</h3><p>Last used in May</p></div>
<a class="button danger" href="/account/remove">Remove</a></li></ul>
<h2>Recovery codes</h2><ul class="codes" id="codes"><li>7f3a-99c1-0d2e</li><li>1b6d-42aa-83f0</li>
<li>c0de-5117-aa31</li><li>9e21-7dd0-4b5c</li></ul>
<div class="actions">
<button type="button" class="button" data-copy="codes" data-copied="Copied" hidden>Copy</button>
<button type="button" class="button secondary" data-download="codes.txt" data-from="codes"
data-download-title="Recovery codes" hidden>Download</button>
<button type="button" class="button secondary" data-print hidden>Print</button></div>
<h2>Activity</h2><div class="scroll" tabindex="0" role="region" aria-label="Activity"><table>
<thead><tr><th scope="col">When</th><th scope="col">What</th><th scope="col">From</th></tr></thead>
<tbody><tr><td>3 March 2026 at 14:05 EET</td><td>Signed in with YubiKey</td><td>192.0.2.7</td></tr>
<tr><td>2 March 2026 at 09:12 EET</td><td>Password changed</td><td>2001:db8::1</td></tr></tbody>
</table></div>{{>FOOT}}`,
{ HEAD: headOf('Account settings', { WIDE: true, SIGNED_IN: { USERNAME: 'anna.virtanen' } }) }];

export const PAGES = [signIn, password, errors, code, phone, authenticator, yubikey, factors,
  settings];
