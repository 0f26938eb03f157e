// SPDX-License-Identifier: Apache-2.0
// A YubiKey with a Yubico OTP in its slot: what it computes, and what it types.
//
// It is a keyboard, and sends scan codes: KeyboardEvent.code says which key it was, whatever layout
// the computer has; KeyboardEvent.key, and so what stands in the field, is that layout's.
import { createCipheriv, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';

const MODHEX = 'cbdefghijklnrtuv';
const TICKS_BETWEEN_TAPS = 16; // of its 8 Hz clock

/** What each letter of modhex becomes where the computer has another layout. */
export const LAYOUTS = {
  us: MODHEX,
  dvorak: 'jxe.uidchtnbpygk',
  turkish: 'cbdefghıjklnrtuv',
  russian: 'сивуапршолдткегм',
  greek: 'ψβδεφγηιξκλνρτθω',
};

export const modhex = (bytes) =>
  Buffer.from(bytes).toString('hex').replace(/./g, (digit) => MODHEX[Number.parseInt(digit, 16)]);

// CRC-16 of ISO 13239.
function crc16(bytes) {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let i = 0; i < 8; ++i) crc = crc & 1 ? (crc >> 1) ^ 0x8408 : crc >> 1;
  }
  return crc;
}

export class VirtualYubikey {
  static #made = 0;

  constructor() {
    const number = ++VirtualYubikey.#made;
    this.serial = `${7_000_000 + number}`;
    this.publicId = modhex([0, 0, ...randomBytes(2), number >> 8, number & 0xff]);
    this.privateId = randomBytes(6);
    this.aesKey = randomBytes(16);
    this.sessionCounter = 1;
    this.sessionUse = 0;
    this.timestamp = 0x00c230;
  }

  /** What it types at its next tap, two seconds after the last. */
  otp() {
    const plain = Buffer.alloc(16);
    this.privateId.copy(plain);
    plain.writeUInt16LE(this.sessionCounter, 6);
    plain.writeUIntLE(this.timestamp, 8, 3);
    plain.writeUInt8(this.sessionUse, 11);
    plain.writeUInt16LE(0x9fc8, 12);
    plain.writeUInt16LE(~crc16(plain.subarray(0, 14)) & 0xffff, 14);
    const cipher = createCipheriv('aes-128-ecb', this.aesKey, null).setAutoPadding(false);
    const block = Buffer.concat([cipher.update(plain), cipher.final()]);
    this.timestamp = (this.timestamp + TICKS_BETWEEN_TAPS) & 0xffffff;
    if (this.sessionUse === 0xff) ++this.sessionCounter;
    this.sessionUse = (this.sessionUse + 1) & 0xff;
    return this.publicId + modhex(block);
  }

  /** A tap: types its next OTP, or `text`, wherever the focus is, and Enter unless told not to. */
  async tap(page, { layout = 'us', capsLock = false, enter = true, text = this.otp() } = {}) {
    const keyboard = await page.context().newCDPSession(page);
    for (const letter of text) await press(keyboard, keyOf(letter, layout, capsLock));
    if (enter) await press(keyboard, { key: 'Enter', code: 'Enter', text: '\r', number: 13 });
    await keyboard.detach();
  }
}

function keyOf(letter, layout, capsLock) {
  const isDigit = /[0-9]/.test(letter);
  const typed = isDigit ? letter : LAYOUTS[layout][MODHEX.indexOf(letter)];
  const text = capsLock ? typed.toUpperCase() : typed;
  const upper = letter.toUpperCase();
  return { key: text, text, code: isDigit ? `Digit${letter}` : `Key${upper}`,
    number: upper.charCodeAt(0) };
}

async function press(keyboard, { key, code, text, number }) {
  const which = { key, code, windowsVirtualKeyCode: number };
  await keyboard.send('Input.dispatchKeyEvent',
    { type: 'keyDown', ...which, text, unmodifiedText: text });
  await keyboard.send('Input.dispatchKeyEvent', { type: 'keyUp', ...which });
}

/** The security team puts these keys into stock. */
export async function importKeys(appliance, keys) {
  const file = appliance.file(`keys-${keys[0].serial}.csv`);
  const rows = keys.map(({ serial, publicId, privateId, aesKey }) =>
    `${serial},${publicId},${privateId.toString('hex')},${aesKey.toString('hex')},` +
    '000000000000,2026-11-22T08:00:00,\n');
  writeFileSync(file, `# ykksm 1\n${rows.join('')}`, { mode: 0o600 });
  await appliance.command(['token', 'import', file]);
}
