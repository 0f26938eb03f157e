// SPDX-License-Identifier: Apache-2.0
// What a YubiKey types comes out right whatever the keyboard is set to.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { compiled } from './compiled.mjs';

const { characterOf, isUsual, otpFrom, otpOf } = await compiled('yubico_otp');

const ID = 'cccccccfhcbe';
const OTP = `${ID}lrhtjgcirbdhucvrktefiujfcrnbnvtu`;
const LATER = `${ID}hcigfdvnbrtlkejuhtcbirrfgnvdulke`;

const keyOf = (letter) => characterOf(`Key${letter.toUpperCase()}`);
const keysOf = (otp) => [...otp].map(keyOf).join('');
// What the US keyboard's a to z write on another one.
const typedOn = (layout) =>
  [...OTP].map((letter) => layout['abcdefghijklmnopqrstuvwxyz'.indexOf(letter)]).join('');

const LAYOUTS = {
  Dvorak: "axje.uidchtnmbrl'poygk,qf;",
  Colemak: 'abcsftdhuneimky;qprglvwxjz',
  Cyrillic: 'фисвуапршолдьтщзйкыегмцчня',
  Greek: 'αβψδεφγηιξκλμνοπ;ρστθωςχυζ',
  Hebrew: 'שנבגקכעיןחלךצמםפ/רדאוה\'סטז',
  Turkish: 'abcdefghıjklmnopqrstuvwxyz',
};

for (const [name, layout] of Object.entries(LAYOUTS)) {
  test(`on a ${name} keyboard`, () => {
    const typed = typedOn(layout);
    assert.notEqual(typed, OTP);
    assert.equal(otpFrom(typed, keysOf(OTP)), OTP);
    assert.equal(otpFrom(typed.toUpperCase(), keysOf(OTP)), OTP);
  });
}

test('as it is', () => {
  assert.equal(otpOf(OTP), OTP);
  assert.equal(isUsual(OTP), true);
});

test('by Caps Lock', () => {
  assert.equal(otpOf(OTP.toUpperCase()), OTP);
});

test('with spaces around and within', () => {
  assert.equal(otpOf(` ${OTP.slice(0, 12)} ${OTP.slice(12)}\r\n`), OTP);
});

test('as the address that a key gives out by NFC', () => {
  assert.equal(otpOf(`https://my.yubico.com/yk/#${OTP}`), OTP);
  assert.equal(otpOf(`https://my.yubico.com/neo/${OTP}`), undefined);
  assert.equal(otpOf(`https://example.com/yk/#${OTP}`), undefined);
});

test('the first of two taps', () => {
  assert.equal(otpOf(OTP + LATER), OTP);
  assert.equal(otpFrom('фф', OTP + LATER), OTP);
});

test('public ids of other lengths, and none', () => {
  assert.equal(otpOf(OTP.slice(12)), OTP.slice(12));
  assert.equal(otpOf(`cccc${OTP}`), `cccc${OTP}`);
  assert.equal(isUsual(`cccc${OTP}`), false);
});

test('what is none', () => {
  assert.equal(otpOf(''), undefined);
  assert.equal(otpOf(OTP.slice(0, 31)), undefined);
  assert.equal(otpOf(`${OTP.slice(0, 43)}a`), undefined);
  assert.equal(otpOf(OTP.slice(0, 43)), undefined);
});

test('digits of a slot that makes HOTP codes, on a French keyboard', () => {
  const pressed = [1, 2, 3, 4, 5, 6].map((digit) => characterOf(`Digit${digit}`)).join('');
  assert.equal(otpFrom('&é"\'(-', pressed), '123456');
});

test('what is no OTP goes out as it was typed', () => {
  assert.equal(otpFrom(' what is this ', 'whatisthis'), 'what is this');
});

test('keys that write nothing of a YubiKey', () => {
  for (const code of ['Enter', 'ShiftLeft', 'F1', 'Semicolon', 'Numpad', 'KeyAB', '']) {
    assert.equal(characterOf(code), '');
  }
  assert.equal(characterOf('Numpad7'), '7');
});
