// SPDX-License-Identifier: Apache-2.0
// What the harness's programs are told, before a test changes any of it.
import { fileURLToPath } from 'node:url';

import { Kannel } from './kannel.mjs';

const TEMPLATES = fileURLToPath(new URL('../../courier/templates', import.meta.url));
const PRODUCT = 'Example Insurance';

export const HOST = 'localhost'; // where browsers take Secure cookies without TLS
export const PORTAL_URL = 'https://portal.example.com/signed-in';
export const SUPPORT = 'Service desk, +358 9 123 4567';

/** The daemon's policy. All six factors of an activation are on offer. */
export const policy = (origin) => ({
  account: { url: origin, portal_url: PORTAL_URL, support: SUPPORT },
  'factors.question': { offer: true },
  'sms.prefix': [{ prefix: '+358', per_hour: 500 }, { prefix: '+48', per_hour: 500 },
    { prefix: '+1', per_hour: 500 }],
});

export const courier = ({ socket, kannel, mailbox, mailPassword, certificate }) => ({
  daemon: { socket },
  templates: { directory: TEMPLATES, service: PRODUCT },
  provider: [
    { name: 'kannel', kind: 'kannel', url: kannel.url, username: Kannel.user,
      password_file: kannel.passwordFile, sender: 'Example' },
    { name: 'mail', kind: 'smtp', host: HOST, port: mailbox.port, username: 'courier',
      ca_file: certificate, password_file: mailPassword, from: 'accounts@example.com' },
  ],
});

/** tls: {certificate, key}, or nothing. */
export const companion = ({ port, socket, share, origin, tls }) => ({
  '': { listen: `127.0.0.1:${port}`, socket, share },
  limits: { requests_per_second: 0 }, // a test is quicker than people
  realm: [{ origin, product: PRODUCT }],
  ...(tls && { tls }),
});
