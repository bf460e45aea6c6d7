import type { ScreenRole } from '../src/ipc/channels.ts';
import { type Intent, type IntentKind, intentSchema } from '../src/ipc/intent.ts';

/** What may come from the customer's display: the keys of the PIN pad and what a reader types into it, nothing of the
 *  operator's. */
const customerKinds: ReadonlySet<IntentKind> = new Set([
  'pin.typed',
  'pin.sealed',
  'key.cancel',
  'wedge.began',
  'wedge.sealed',
]);

/** Why a message was not taken. */
export type Refusal = 'unknownSender' | 'unknownIntent' | 'notThisRole' | 'outOfService';

export type Judgement =
  | { readonly kind: 'taken'; readonly intent: Intent }
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly name: IntentKind | 'unknown' };

const knownKinds: ReadonlySet<string> = new Set(intentSchema.options.map((option) => option.shape.kind.value));
const isKnownKind = (kind: unknown): kind is IntentKind => typeof kind === 'string' && knownKinds.has(kind);

/** Decides over a message from a screen. `role` is null when the sender is none of our screens. Order of the reasons:
 *  sender, then form, then role. A refusal carries the intent's name where it is one of ours, and nothing of its content. */
export function judgeIntent(role: ScreenRole | null, payload: unknown): Judgement {
  const kind = typeof payload === 'object' && payload !== null && 'kind' in payload ? payload.kind : null;
  const name = isKnownKind(kind) ? kind : 'unknown';
  if (role === null) return { kind: 'refused', refusal: 'unknownSender', name };
  const parsed = intentSchema.safeParse(payload);
  if (!parsed.success) return { kind: 'refused', refusal: 'unknownIntent', name };
  if (role === 'customer' && !customerKinds.has(parsed.data.kind))
    return { kind: 'refused', refusal: 'notThisRole', name };
  return { kind: 'taken', intent: parsed.data };
}
