import { useEffect, useRef } from 'react';
import { type Deed, deedOf, keyOf, type Situation } from './keys.ts';

/** One listener for the whole window: reads each key, asks `deedOf` where it goes, and hands the deed on. Keys that are
 *  taken do nothing else in the document. A key held down repeats only where repeating is what is meant (erasing). */
export function useKeyboard(situation: () => Situation, act: (deed: Deed) => void): void {
  const latest = useRef({ situation, act });
  latest.current = { situation, act };
  useEffect(() => {
    function onKeyDown(event: KeyboardEvent): void {
      const key = keyOf(event);
      if (key === null) return;
      const deed = deedOf(key, latest.current.situation());
      if (deed.kind === 'leave') return;
      event.preventDefault();
      event.stopPropagation();
      if (event.repeat && key.kind !== 'erase') return;
      latest.current.act(deed);
    }
    window.addEventListener('keydown', onKeyDown, { capture: true });
    return () => window.removeEventListener('keydown', onKeyDown, { capture: true });
  }, []);
}

/** True when the keyboard has been moved onto something that Enter presses. */
export function onControl(): boolean {
  const focused = document.activeElement;
  return focused instanceof HTMLElement && focused.matches('button:focus-visible, input');
}

/** True when it has been moved onto a button. */
export function onButton(): boolean {
  return document.activeElement?.matches('button:focus-visible') ?? false;
}

/** True while a pad for a field lies over the form. */
export function isPadOpen(): boolean {
  return document.querySelector('dialog.field-pad[open]') !== null;
}

/** True when it stands in a field of text. */
export function inField(): boolean {
  return document.activeElement?.matches('input[type="text"]') ?? false;
}

/** A click must not take the keyboard: Enter stays the confirm key, whatever was clicked before. What can be dragged
 *  keeps its own way with the mouse. */
export function useKeyboardStays(): void {
  useEffect(() => {
    function onMouseDown(event: MouseEvent): void {
      const button = event.target instanceof Element ? event.target.closest('button') : null;
      if (button !== null && !button.draggable) event.preventDefault();
    }
    window.addEventListener('mousedown', onMouseDown);
    return () => window.removeEventListener('mousedown', onMouseDown);
  }, []);
}
