// SPDX-License-Identifier: Apache-2.0
// A peer of the daemon, over HTTP and JSON on its Unix sockets.
import { request } from 'node:http';

const PATIENCE_MS = 30_000;

/** One answer, whatever it is: {status, body}. `session` is who asks, on enroll.sock. */
export function exchange(socketPath, operation, question, session) {
  return new Promise((resolve, reject) => {
    const headers = { 'Content-Type': 'application/json', Connection: 'close' };
    if (session) headers['Countersign-Session'] = session;
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const options = { socketPath, path: `/v1/${operation}`, method: 'POST', headers, signal };
    const asked = request(options, async (reply) => {
      try {
        let text = '';
        for await (const chunk of reply.setEncoding('utf8')) text += chunk;
        resolve({ status: reply.statusCode, body: JSON.parse(text) });
      } catch (error) {
        reject(error);
      }
    });
    asked.on('error', reject);
    asked.end(JSON.stringify(question));
  });
}

/** What the daemon refused; `code` is one of api/countersign.proto's ErrorCode. */
export class Refusal extends Error {
  constructor(operation, body) {
    super(`${operation}: ${body.code}: ${body.message}`);
    this.code = body.code;
    this.proof = body.proof;
  }
}

/** The answer's message. Throws a Refusal when it is an error. */
export async function ask(socketPath, operation, question = {}, session = undefined) {
  const { status, body } = await exchange(socketPath, operation, question, session);
  if (status !== 200) throw new Refusal(operation, body);
  return body;
}
