// SPDX-License-Identifier: Apache-2.0
// Where a page begins: at what has to be mended, else at what was done or is to be done first, else
// at its heading, so that it is read and Tab goes on from there.
export function focusFirst(root: Document): void {
  const first = root.querySelector<HTMLElement>('[data-errors]') ??
    root.querySelector<HTMLElement>('[data-focus]');
  if (first) {
    first.focus();
    return;
  }
  // Whoever follows a link to a part of the page is there already.
  const heading = root.querySelector('h1');
  if (!heading || root.location.hash !== '') return;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}
