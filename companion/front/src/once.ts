// SPDX-License-Identifier: Apache-2.0
// form[data-once]: while a submission is under way, another one does nothing. The server knows a
// repeated form by itself; this saves people the wait.

// A submission that came to nothing, by Stop or a lost network, does not tell anybody.
const FORGET_MS = 15_000;

function guard(form: HTMLFormElement): void {
  let timer = 0;
  const mark = (busy: boolean) => {
    form.toggleAttribute('data-busy', busy);
    for (const button of form.querySelectorAll('button')) {
      if (busy) button.setAttribute('aria-disabled', 'true');
      else button.removeAttribute('aria-disabled');
    }
    window.clearTimeout(timer);
    if (busy) timer = window.setTimeout(() => mark(false), FORGET_MS);
  };
  form.addEventListener('submit', (event) => {
    if (form.hasAttribute('data-busy')) event.preventDefault();
    else if (!event.defaultPrevented) mark(true);
  });
  // Back: the page is shown as it was left.
  window.addEventListener('pageshow', (event) => {
    if (event.persisted) mark(false);
  });
}

export function attachOnce(root: Document): void {
  root.querySelectorAll<HTMLFormElement>('form[data-once]').forEach(guard);
}
