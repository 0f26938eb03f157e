// SPDX-License-Identifier: Apache-2.0
// The list of password rules that tick off while somebody types.
//
//   <ul data-rules="ID of the input" data-username="..." data-met="Met" data-unmet="Not met yet"
//       data-progress="{met} of {total} met" data-complete="All met">
//     <li data-rule="length" data-least="12">...
//     <li data-rule="username" data-least="3" data-found="It contains “{part}”">...
import { announcerAfter, filled } from './announcer';
import { isMet, usernamePartIn } from './password_rules';

// Long enough that nobody is interrupted at each character.
const QUIET_MS = 1000;

class RuleLine {
  private readonly state = document.createElement('span');
  private readonly found = document.createElement('span');

  constructor(private readonly line: HTMLElement, private readonly list: HTMLElement) {
    this.state.className = 'unseen';
    this.found.className = 'found';
    line.prepend(this.state);
    line.append(this.found);
  }

  // Whether the password keeps to it; shows which.
  show(password: string): boolean {
    const { rule = '', least = '0', found = '' } = this.line.dataset;
    const username = this.list.dataset['username'] ?? '';
    const met = isMet({ kind: rule, least: Number(least) }, password, username) ?? false;
    const word = (met ? this.list.dataset['met'] : this.list.dataset['unmet']) ?? '';
    this.line.dataset['state'] = met ? 'met' : password === '' ? 'open' : 'unmet';
    this.state.textContent = `${word}: `;
    const part = rule === 'username' ? usernamePartIn(password, username, Number(least)) : '';
    this.found.textContent = part && found ? ` ${filled(found, { part })}` : '';
    return met;
  }
}

function follow(list: HTMLElement): void {
  const input = document.getElementById(list.dataset['rules'] ?? '');
  if (!(input instanceof HTMLInputElement)) return;
  const lines = [...list.querySelectorAll<HTMLElement>('[data-rule]')]
    .map((line) => new RuleLine(line, list));
  const announce = announcerAfter(list);
  let timer = 0;
  const show = () => lines.filter((line) => line.show(input.value)).length;
  const tell = (met: number) => {
    const complete = met === lines.length;
    const text = complete ? list.dataset['complete'] : list.dataset['progress'];
    announce(filled(text ?? '', { met, total: lines.length }));
  };
  input.addEventListener('input', () => {
    const met = show();
    window.clearTimeout(timer);
    timer = window.setTimeout(() => tell(met), QUIET_MS);
  });
  show();
}

export function attachRules(root: Document): void {
  root.querySelectorAll<HTMLElement>('[data-rules]').forEach(follow);
}
