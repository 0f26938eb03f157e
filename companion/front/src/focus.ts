// SPDX-License-Identifier: Apache-2.0
// Where a page begins: at what has to be mended, else at the first thing to do, else at its top.
export function focusFirst(root: Document): void {
  const first = root.querySelector<HTMLElement>('[data-errors]') ??
    root.querySelector<HTMLElement>('[data-focus]');
  first?.focus();
}
