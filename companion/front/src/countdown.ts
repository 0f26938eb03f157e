// SPDX-License-Identifier: Apache-2.0
// button[data-countdown="30"]: does nothing for so many seconds, which are counted down after it:
// data-countdown-text="In {seconds} s". Read out at the start, and at the end with
// data-countdown-over, but not in between; whoever comes to the button meanwhile is told as well.
import { announcerAfter, filled } from './announcer';

const TICK_MS = 250;

export function secondsLeft(endMs: number, nowMs: number): number {
  return Math.max(0, Math.ceil((endMs - nowMs) / 1000));
}

function count(button: HTMLButtonElement): void {
  const seconds = Number(button.dataset['countdown']);
  if (!(seconds > 0)) return;
  // By the clock: timers stand still while a laptop sleeps.
  const endMs = Date.now() + seconds * 1000;
  const told = (left: number) => filled(button.dataset['countdownText'] ?? '', { seconds: left });

  const announce = announcerAfter(button);
  const seen = document.createElement('span');
  seen.className = 'countdown';
  seen.id = 'countdown';
  seen.setAttribute('aria-hidden', 'true');
  button.after(seen);
  // Not `disabled`, which nobody finds who goes by Tab.
  const wait = (event: Event) => event.preventDefault();
  button.addEventListener('click', wait);
  button.setAttribute('aria-disabled', 'true');
  button.setAttribute('aria-describedby', seen.id);
  announce(told(seconds));

  const tick = () => {
    const left = secondsLeft(endMs, Date.now());
    seen.textContent = told(left);
    if (left > 0) return;
    window.clearInterval(timer);
    button.removeEventListener('click', wait);
    button.removeAttribute('aria-disabled');
    button.removeAttribute('aria-describedby');
    seen.remove();
    announce(button.dataset['countdownOver'] ?? '');
  };
  const timer = window.setInterval(tick, TICK_MS);
  tick();
}

export function attachCountdowns(root: Document): void {
  root.querySelectorAll<HTMLButtonElement>('button[data-countdown]').forEach(count);
}
