// SPDX-License-Identifier: Apache-2.0
// input[data-caps="ID"]: shows the element of that id while Caps Lock is on and the field has the
// focus. Its parent is the live region.

function watch(input: HTMLInputElement): void {
  const hint = document.getElementById(input.dataset['caps'] ?? '');
  if (!hint) return;
  const look = (event: KeyboardEvent) => {
    // Password managers send events that are no keys.
    if (typeof event.getModifierState === 'function') {
      hint.hidden = !event.getModifierState('CapsLock');
    }
  };
  input.addEventListener('keydown', look);
  input.addEventListener('keyup', look);
  input.addEventListener('blur', () => {
    hint.hidden = true;
  });
}

export function attachCapsLock(root: Document): void {
  root.querySelectorAll<HTMLInputElement>('input[data-caps]').forEach(watch);
}
