// SPDX-License-Identifier: Apache-2.0
// What a YubiKey typed. It presses the keys of a US keyboard, so that another layout, Caps Lock or
// a Turkish i makes something else of them; which keys were pressed (KeyboardEvent.code) tells.

const OTP = /^[cbdefghijklnrtuv]{32,64}$/;
const USUAL_LENGTH = 44; // with a public id of 12
const BLOCK_LENGTH = 32; // the encrypted part
const NFC_ADDRESS = /^https:\/\/(?:my\.yubico\.com|demo\.yubico\.com|my\.yubi\.co)\/\S*#/i;

function isOtp(text: string): boolean {
  return text.length % 2 === 0 && OTP.test(text);
}

// Of two taps in a row, the first: they share their public id.
function firstOf(text: string): string {
  const length = text.length / 2;
  const half = text.slice(0, length);
  const idLength = length - BLOCK_LENGTH;
  const twice = idLength > 0 && isOtp(half) && isOtp(text.slice(length)) &&
    text.startsWith(half.slice(0, idLength), length);
  return twice ? half : text;
}

// The OTP that was typed or pasted, without what came along: spaces, Caps Lock, the address that a
// key gives out by NFC, a second tap. Nothing when it is none.
export function otpOf(text: string): string | undefined {
  const bare = firstOf(text.trim().replace(NFC_ADDRESS, '').replace(/\s+/g, '').toLowerCase());
  return isOtp(bare) ? bare : undefined;
}

// Whether it is a whole one as most keys have it, so that nothing more is to be expected.
export function isUsual(otp: string): boolean {
  return otp.length === USUAL_LENGTH;
}

// What a US keyboard writes by this key; nothing for keys that write nothing a YubiKey types.
export function characterOf(code: string): string {
  const match = /^(?:Key([A-Z])|(?:Digit|Numpad)(\d))$/.exec(code);
  return (match?.[1] ?? match?.[2] ?? '').toLowerCase();
}

// A key whose slot makes HOTP codes types six or eight digits. On a layout without them in the
// first row, they come out as other signs.
function isHotp(text: string): boolean {
  return /^(?:\d{6}|\d{8})$/.test(text);
}

// What to send of a field that says `text` after the keys `pressed` (as characterOf has them).
export function otpFrom(text: string, pressed: string): string {
  return otpOf(text) ?? otpOf(pressed) ?? (isHotp(pressed) ? pressed : text.trim());
}
