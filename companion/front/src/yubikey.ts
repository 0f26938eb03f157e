// SPDX-License-Identifier: Apache-2.0
// [data-yubikey], a form or a part of one: its input takes what a YubiKey types, by whatever
// layout, and sends it. The form has data-once, so that a second tap changes nothing.
// [data-yubikey-away] within it shows while the input has no focus, and nothing in it.
import { characterOf, isUsual, otpFrom, otpOf } from './yubico_otp';

// A key types its characters within a second; people do not.
const TYPED_WITHIN_MS = 1000;
// Most keys end with Enter, which comes at once if it comes.
const ENTER_WITHIN_MS = 250;

// What begins after such a pause does not belong to what was typed before.
const PAUSE_MS = 1000;

class YubikeyInput {
  private pressed = '';
  private firstMs = 0;
  private lastMs = 0;
  private timer = 0;

  constructor(private readonly input: HTMLInputElement, private readonly form: HTMLFormElement) {
    input.addEventListener('keydown', (event) => this.onKey(event));
    input.addEventListener('input', (event) => this.onInput(event));
    // Before once.ts counts it, and whatever made it.
    form.addEventListener('submit', () => this.onSubmit(), { capture: true });
    // Back: what is in the field was used.
    window.addEventListener('pageshow', (event) => {
      if (event.persisted) input.value = '';
    });
  }

  private isSent(): boolean {
    return this.form.hasAttribute('data-busy');
  }

  private onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (this.isSent()) {
      // A second tap.
      if (event.key !== 'Tab') event.preventDefault();
      return;
    }
    if (event.code === 'Enter' || event.code === 'NumpadEnter') {
      this.onEnter(event);
      return;
    }
    const character = characterOf(event.code);
    if (character === '' || event.repeat) return;
    if (event.timeStamp - this.lastMs > PAUSE_MS) this.pressed = '';
    if (this.pressed === '') this.firstMs = event.timeStamp;
    this.lastMs = event.timeStamp;
    this.pressed += character;
    this.sendUnlessEnterComes();
  }

  // Browsers submit by themselves, unless an input method takes the Enter.
  private onEnter(event: KeyboardEvent): void {
    if (!event.isComposing) return;
    event.preventDefault();
    this.send();
  }

  private onInput(event: Event): void {
    const { inputType = '' } = event as InputEvent;
    // What was not typed key by key has no keys to be rebuilt from.
    if (this.input.value === '' || /^(?:delete|insertFrom|history)/.test(inputType)) {
      this.pressed = '';
    }
    if (inputType !== 'insertFromPaste') return;
    const otp = otpOf(this.input.value);
    if (otp !== undefined) this.input.value = otp;
  }

  private sendUnlessEnterComes(): void {
    window.clearTimeout(this.timer);
    const otp = otpOf(this.pressed);
    if (otp === undefined || this.lastMs - this.firstMs > TYPED_WITHIN_MS) return;
    const wait = isUsual(otp) ? ENTER_WITHIN_MS : 2 * ENTER_WITHIN_MS;
    this.timer = window.setTimeout(() => this.send(), wait);
  }

  private send(): void {
    window.clearTimeout(this.timer);
    if (!this.isSent()) this.form.requestSubmit();
  }

  private onSubmit(): void {
    window.clearTimeout(this.timer);
    if (this.isSent()) return;
    this.input.value = otpFrom(this.input.value, this.pressed);
    this.pressed = '';
  }
}

// Click here, then tap.
function callBack(area: HTMLElement, input: HTMLInputElement): void {
  const away = area.querySelector<HTMLElement>('[data-yubikey-away]');
  if (!away) return;
  const look = () => {
    const isReady = document.activeElement === input && document.hasFocus();
    away.hidden = isReady || input.value !== '';
  };
  for (const type of ['focus', 'blur']) {
    input.addEventListener(type, look);
    window.addEventListener(type, look);
  }
  away.addEventListener('click', () => input.focus());
  // The page's own focus moves when everything is attached.
  window.setTimeout(look);
}

export function attachYubikeys(root: Document): void {
  for (const area of root.querySelectorAll<HTMLElement>('[data-yubikey]')) {
    const input = area.querySelector<HTMLInputElement>('input:not([type=hidden])');
    if (!input?.form) continue;
    new YubikeyInput(input, input.form);
    callBack(area, input);
  }
}
