#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// verify.mjs SOCKET USERNAME < PASSCODE; exit status 0 means accepted, and nothing else does.
import { readFileSync } from 'node:fs';
import { request } from 'node:http';

const verify = (socketPath, username, passcode) => new Promise((resolve, reject) => {
  const headers = { 'Content-Type': 'application/json' };
  const signal = AbortSignal.timeout(10_000);
  const options = { socketPath, path: '/v1/verify', method: 'POST', headers, signal };
  const question = request(options, async (reply) => {
    try {
      let text = '';
      for await (const chunk of reply.setEncoding('utf8')) text += chunk;
      resolve(reply.statusCode === 200 && JSON.parse(text).answer === 'ACCEPTED');
    } catch (error) { reject(error); }
  });
  question.on('error', reject);
  question.end(JSON.stringify({ subject: { username }, passcode }));
});

const passcode = readFileSync(0, 'utf8').trim();
const accepted = await verify(process.argv[2], process.argv[3], passcode).catch(() => false);
console.log(accepted ? 'accepted' : 'not accepted');
process.exitCode = accepted ? 0 : 1;
