import type { SourceReason } from '../domain/charge-plan.ts';
import type { LinkStanding } from '../domain/link-record.ts';
import type { Intent } from '../ipc/intent.ts';
import type { BindingView } from '../ipc/view.ts';

/** What can be done with a line of the list of links. */
export type LinkAction = 'link' | 'change' | 'unlink';

/** A line: the new link that could be made, or one there is. */
export interface LinkRow {
  /** Empty for the new one. */
  readonly linkId: string;
  readonly link: LinkStanding | null;
  /** None where nothing can be done by this person. */
  readonly actions: readonly LinkAction[];
}

/** The line and the action that Enter would press. */
export interface LinkChoice {
  readonly linkId: string;
  readonly action: number;
}

export const firstChoice: LinkChoice = { linkId: '', action: 0 };

/** The lines: a new link first, then those in which this person's account pays, then those that pay for him. He changes and
 *  ends his own (R8, R22); of the others he may end one only where both sides decide (R12). */
export function linkRows({ links, asks }: Pick<BindingView, 'links' | 'asks'>): readonly LinkRow[] {
  const of = (role: LinkStanding['role'], actions: readonly LinkAction[]) =>
    links.filter((link) => link.role === role).map((link) => ({ linkId: link.linkId, link, actions }));
  return [
    { linkId: '', link: null, actions: ['link'] },
    ...of('provider', ['change', 'unlink']),
    ...of('beneficiary', asks.consent ? ['unlink'] : []),
  ];
}

/** The chosen line; the first one when it has gone. */
export function chosenLink(choice: LinkChoice, rows: readonly LinkRow[]): LinkRow | null {
  return rows.find(({ linkId }) => linkId === choice.linkId) ?? rows[0] ?? null;
}

export function movedLink(choice: LinkChoice, rows: readonly LinkRow[], step: 1 | -1): LinkChoice {
  const at = rows.findIndex(({ linkId }) => linkId === chosenLink(choice, rows)?.linkId);
  const next = rows[Math.min(rows.length - 1, Math.max(0, at + step))];
  return next === undefined ? choice : { linkId: next.linkId, action: 0 };
}

export function movedLinkAction(choice: LinkChoice, rows: readonly LinkRow[], step: 1 | -1): LinkChoice {
  const row = chosenLink(choice, rows);
  if (row === null) return choice;
  const action = Math.min(Math.max(0, row.actions.length - 1), Math.max(0, choice.action + step));
  return { linkId: row.linkId, action };
}

export function chosenAction(choice: LinkChoice, rows: readonly LinkRow[]): LinkAction | null {
  return chosenLink(choice, rows)?.actions[choice.action] ?? null;
}

export function taskIntent(action: LinkAction, linkId: string): Intent {
  return { kind: 'binding.task', task: action, linkId: action === 'link' ? '' : linkId };
}

/** Why a link gives nothing by itself at the next sale, as far as the link alone tells; null = it gives money. */
export function linkObstacle(
  { obstacle, quotaLeft }: Pick<LinkStanding, 'obstacle' | 'quotaLeft'>,
  { pays }: Pick<BindingView['asks'], 'pays'>,
): SourceReason | null {
  if (obstacle !== null) return obstacle;
  if (pays === 'wallet') return 'throughWallet';
  if (pays !== 'quota') return null;
  if (quotaLeft === null) return 'noQuota';
  return quotaLeft === 0 ? 'quotaUsedUp' : null;
}
