import { html } from 'hono/html';
import type { Html } from './layout.ts';

/** What was typed into a form, by field. */
export type Typed = Readonly<Record<string, string>>;
/** What is wrong with it, by field. */
export type Wrong = Readonly<Record<string, string>>;

export interface TextField {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly mode?: 'text' | 'numeric' | 'decimal' | 'tel';
  readonly type?: 'text' | 'date';
  readonly lengthMax?: number;
}

/** A labelled input with what was typed and, under it, what is wrong with it. */
export function textField(
  { name, label, hint, mode = 'text', type = 'text', lengthMax = 60 }: TextField,
  typed: Typed,
  wrong: Wrong,
): Html {
  const problem = wrong[name];
  const described = [hint !== undefined && `${name}-hint`, problem !== undefined && `${name}-wrong`]
    .filter(Boolean)
    .join(' ');
  return html`<div class="field"><label for="${name}">${label}</label>
<input id="${name}" name="${name}" type="${type}" inputmode="${mode}" value="${typed[name] ?? ''}" maxlength="${lengthMax}" autocomplete="off" autocapitalize="off" spellcheck="false" aria-invalid="${problem === undefined ? 'false' : 'true'}"${described === '' ? '' : html` aria-describedby="${described}"`}>
${hint === undefined ? '' : html`<small id="${name}-hint">${hint}</small>`}
${problem === undefined ? '' : html`<p class="wrong" id="${name}-wrong">${problem}</p>`}</div>`;
}

export interface Choice {
  readonly value: string;
  readonly text: string;
}

export function choiceField(
  {
    name,
    label,
    choices,
    hint,
  }: { readonly name: string; readonly label: string; readonly choices: readonly Choice[]; readonly hint?: string },
  typed: Typed,
  wrong: Wrong = {},
): Html {
  const problem = wrong[name];
  return html`<div class="field"><label for="${name}">${label}</label>
<select id="${name}" name="${name}">${choices.map(
    ({ value, text }) => html`<option value="${value}"${typed[name] === value ? html` selected` : ''}>${text}</option>`,
  )}</select>
${hint === undefined ? '' : html`<small>${hint}</small>`}
${problem === undefined ? '' : html`<p class="wrong">${problem}</p>`}</div>`;
}

/** The texts of a form's body; files and what comes twice are left out. */
export function typedOf(body: Readonly<Record<string, unknown>>): Typed {
  return Object.fromEntries(
    Object.entries(body).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value.slice(0, 500)]] : [])),
  );
}
