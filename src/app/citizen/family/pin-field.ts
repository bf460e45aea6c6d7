import { html } from 'hono/html';
import { ecardPinLength } from '../../../domain/ecard-pin.ts';
import type { Html } from '../layout.ts';

/** An input for a PIN: never shown, never filled in again, not kept by the browser. */
export function pinField(name: string, label: string): Html {
  return html`<div class="field"><label for="${name}">${label}</label>
<input id="${name}" name="${name}" type="password" inputmode="numeric" maxlength="${ecardPinLength}" autocomplete="off"></div>`;
}

/** The digits of a typed PIN, one byte each, to be wiped by the caller; null when it is not as many digits as a PIN has. */
export function typedPin(text: unknown): Uint8Array | null {
  return typeof text === 'string' && new RegExp(`^[0-9]{${ecardPinLength}}$`).test(text)
    ? Uint8Array.from(text, Number)
    : null;
}
