// SPDX-License-Identifier: Apache-2.0
// Programs that a test starts, and that end with it: a temporary folder, free ports, processes
// whose output goes to files there.
//
// Whatever becomes of the test, nothing stays behind: a process that was started here is killed by
// the kernel when the test's own process ends, and the folder is removed.
import { execFile, spawn } from 'node:child_process';
import { openSync, closeSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const POLL_MS = 10;
const PATIENCE_MS = 40_000;
// Neither what /proc/sys/net/ipv4/ip_local_port_range gives out nor what other tests take.
const PORT_FIRST = 3_000;
const PORT_LAST = 11_999;
const BLOCK = 30;
const PORT_TRIES_MAX = 1_000;

const run = promisify(execFile);

/** Calls until it gives something true, which it returns; throws what() when that never comes. */
export async function until(condition, what, patience = PATIENCE_MS) {
  const end = Date.now() + patience;
  for (;;) {
    const found = await condition();
    if (found) return found;
    if (Date.now() > end) throw new Error(`waited in vain: ${what()}`);
    await sleep(POLL_MS);
  }
}

/** A temporary folder. Its name is short, because a socket's path has at most 107 bytes. */
export class Folder {
  constructor() {
    this.path = mkdtempSync(join(tmpdir(), 'cs-e2e-'));
    this.removal = () => rmSync(this.path, { recursive: true, force: true });
    process.on('exit', this.removal);
  }

  file(...names) {
    return join(this.path, ...names);
  }

  remove() {
    process.off('exit', this.removal);
    this.removal();
  }
}

function listenOn(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

const ports = []; // free ones of this process

// Whoever listens on the first port of a block has the others. It does so to its end.
async function takeBlock() {
  const blocks = Math.floor((PORT_LAST + 1 - PORT_FIRST) / BLOCK);
  for (let tries = 0; tries < PORT_TRIES_MAX; ++tries) {
    const first = PORT_FIRST + BLOCK * Math.floor(Math.random() * blocks);
    const server = await listenOn(first);
    if (!server) continue;
    server.unref();
    for (let port = first + 1; port < first + BLOCK; ++port) ports.push(port);
    return;
  }
  throw new Error('no free ports');
}

/** Nobody has it, nor will another test take it. */
export async function freePort() {
  for (;;) {
    if (ports.length === 0) await takeBlock();
    const port = ports.shift();
    const server = await listenOn(port);
    if (!server) continue;
    await new Promise((resolve) => { server.close(resolve); });
    return port;
  }
}

/** Runs a program to its end; what it wrote to standard output. Fails unless its status is 0. */
export async function output(program, given, options = {}) {
  const { stdout } = await run(program, given, { maxBuffer: 64 << 20, ...options });
  return stdout;
}

/** What a program that reads `input` writes; for what must not stand on a command line. */
export function piped(program, given, input) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, given, { stdio: ['pipe', 'pipe', 'pipe'] });
    const written = [];
    const complaints = [];
    child.stdout.on('data', (chunk) => written.push(chunk));
    child.stderr.on('data', (chunk) => complaints.push(chunk));
    child.on('error', reject);
    child.on('close', (status) => {
      const text = Buffer.concat(written).toString();
      if (status === 0) resolve(text);
      else reject(new Error(`${program} ended with ${status}: ${Buffer.concat(complaints)}`));
    });
    child.stdin.end(input);
  });
}

/** One program that runs beside the test. */
export class Program {
  constructor(name, given, { log, environment = {}, input = 'ignore' }) {
    this.name = name;
    this.log = log;
    const file = openSync(log, 'a', 0o600);
    // setpriv becomes the program, which then has its process id.
    this.child = spawn('/usr/bin/setpriv', ['--pdeathsig', 'KILL', ...given], {
      stdio: [input, file, file],
      env: { ...process.env, ...environment },
    });
    closeSync(file);
    this.ended = null; // then: its status, or the signal that ended it
    this.end = new Promise((resolve) => {
      this.child.once('error', (error) => resolve(this.ended = error.message));
      this.child.once('exit', (status, signal) => resolve(this.ended = signal ?? status));
    });
  }

  get alive() {
    return this.ended === null;
  }

  written() {
    return existsSync(this.log) ? readFileSync(this.log, 'utf8') : '';
  }

  mustBeAlive() {
    if (!this.alive) throw new Error(`${this.name} has ended (${this.ended}):\n${this.written()}`);
  }

  /** Returns when it has written so; throws if it ends instead. */
  async ready(words) {
    await until(() => {
      this.mustBeAlive();
      return this.written().includes(words);
    }, () => `${this.name} does not say "${words}":\n${this.written()}`);
  }

  /** Asks it to end, and returns how it did: 0 when all is well. */
  async terminate(patience = PATIENCE_MS) {
    if (this.alive) this.child.kill('SIGTERM');
    await Promise.race([this.end, sleep(patience, null, { ref: false })]);
    if (this.alive) {
      this.child.kill('SIGKILL');
      await this.end;
      return `did not end within ${patience} ms`;
    }
    return this.ended;
  }

  async kill() {
    if (this.alive) this.child.kill('SIGKILL');
    await this.end;
  }
}
