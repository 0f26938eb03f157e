// SPDX-License-Identifier: Apache-2.0
// What the daemon's rules say of a password (policies/password_rules.cpp), as far as a browser can
// tell. The daemon checks them all again.

export interface Rule {
  kind: string;
  least: number; // characters, of `length` and `username`
}

// As it is counted: one form of what looks the same, in code points.
function points(text: string): string[] {
  return [...text.normalize('NFKC')];
}

function folded(text: string): string {
  return text.normalize('NFKC').toUpperCase().toLowerCase();
}

// The first part of the username, of `least` characters or more, that the password contains.
export function usernamePartIn(password: string, username: string, least: number): string {
  const typed = folded(password);
  const parts = folded(username).split(/[^\p{L}\p{M}\p{N}]+/u);
  return parts.find((part) => part && [...part].length >= least && typed.includes(part)) ?? '';
}

const CLASSES: Record<string, RegExp> = {
  lowercase: /\p{Ll}/u,
  uppercase: /[\p{Lu}\p{Lt}]/u,
  number: /\p{N}/u,
  symbol: /[^\p{L}\p{M}\p{N}\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u,
};

// Undefined for a rule that only the daemon can check.
export function isMet(rule: Rule, password: string, username: string): boolean | undefined {
  if (rule.kind === 'length') return points(password).length >= rule.least;
  if (rule.kind === 'username') {
    return password !== '' && usernamePartIn(password, username, rule.least) === '';
  }
  return CLASSES[rule.kind]?.test(password.normalize('NFKC'));
}
