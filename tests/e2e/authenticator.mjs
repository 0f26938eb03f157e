// SPDX-License-Identifier: Apache-2.0
// An authenticator app: reads a QR code from a picture of the page, and shows codes.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';

import { Folder, output, piped } from './programs.mjs';

/** What an otpauth URI, or a bare secret, says: {secret, digits, period, algorithm, label}. */
export function accountOf(secretOrUri) {
  if (!secretOrUri.startsWith('otpauth:')) {
    const secret = secretOrUri.replace(/\s/g, '').toUpperCase();
    return { secret, digits: 6, period: 30, algorithm: 'SHA1' };
  }
  const uri = new URL(secretOrUri);
  assert.equal(uri.host, 'totp');
  const given = uri.searchParams;
  return { secret: given.get('secret'), digits: Number(given.get('digits') ?? 6),
    period: Number(given.get('period') ?? 30), algorithm: given.get('algorithm') ?? 'SHA1',
    issuer: given.get('issuer'), label: decodeURIComponent(uri.pathname.replace(/^\/+/, '')) };
}

/** The code at that second, by oathtool, which gets the secret through a pipe. */
export async function totp(secretOrUri, seconds) {
  const { secret, digits, period, algorithm } = accountOf(secretOrUri);
  return (await piped('/usr/bin/oathtool', [`--totp=${algorithm}`, '--base32', `--digits=${digits}`,
    `--time-step-size=${period}s`, `--now=@${seconds}`, '-'], `${secret}\n`)).trim();
}

/** What stands in the QR code there, read from a picture of it by zbarimg. */
export async function readQr(locator) {
  const folder = new Folder();
  try {
    const file = folder.file('qr.png');
    writeFileSync(file, await locator.screenshot(), { mode: 0o600 });
    return (await output('/usr/bin/zbarimg', ['--quiet', '--raw', '-Sdisable', '-Sqrcode.enable',
      file])).trim();
  } finally {
    folder.remove();
  }
}
