/** What the pages' browser runs: it refreshes a shown code, and nothing else needs it. A frame with `data-code-url` is filled
 *  by a POST there as long as it can be seen; the answer is the frame's inside, whose `data-code-ttl-ms` says how long it is
 *  good for. A code that has run out while nobody could see it is taken away, and a new one is asked for when the page is
 *  looked at again. */
export const clientScript = `'use strict';
for (const frame of document.querySelectorAll('[data-code-url]')) {
  let goodUntil = 0;
  let asking = false;
  const shown = () => frame.querySelector('[data-code-ttl-ms]');
  const ask = async () => {
    asking = true;
    try {
      const answer = await fetch(frame.dataset.codeUrl, { method: 'POST', headers: { Accept: 'text/html' } });
      if (answer.redirected) { location.assign(answer.url); return; }
      if (!answer.ok) throw new Error('no code');
      frame.innerHTML = await answer.text();
      goodUntil = performance.now() + Number(shown()?.dataset.codeTtlMs ?? 5000);
    } catch {
      frame.replaceChildren(Object.assign(document.createElement('p'), { className: 'code-off', textContent: frame.dataset.codeOff }));
      goodUntil = performance.now() + 5000;
    } finally {
      asking = false;
    }
  };
  const tick = () => {
    const left = goodUntil - performance.now();
    if (left <= 0) {
      shown()?.classList.add('over');
      if (document.visibilityState === 'visible' && !asking) void ask();
      return;
    }
    const seconds = frame.querySelector('[data-seconds]');
    if (seconds) seconds.textContent = String(Math.ceil(left / 1000));
  };
  document.addEventListener('visibilitychange', tick);
  setInterval(tick, 250);
  tick();
}
`;
