import type { ModelLink, RuleModel } from './rule-model.ts';

/** What an insurance office does to links, a second time and in other words than the product's. Source: R3 to R6, R8, R12,
 *  R22 to R25, R72, R75. Everything takes effect at once, as in all profiles that are simulated with an office. */

/** Something that was done to a link, of which there must be a record. */
export interface ModelDeed {
  readonly link: string;
  readonly deed: 'linked' | 'ended' | 'dissolved' | 'quotaSet';
}

export class LinkModel {
  readonly deeds: ModelDeed[] = [];
  readonly #model: RuleModel;
  constructor(model: RuleModel) {
    this.#model = model;
  }

  open(now: number): readonly ModelLink[] {
    return this.#model.links.filter(({ until }) => until === null || until > now);
  }

  /** What of a provider's money is not set aside, nor sent to a wallet; null = no account. `without`: a link that ends. */
  free(provider: string, now: number, without: ModelLink | null = null): number | null {
    const { isOpen, money } = this.#model.person(provider);
    const others = this.open(now).filter((link) => link.provider === provider && link !== without);
    const setAside = others.reduce((total, link) => total + (link.quotaLeft ?? 0), 0);
    return isOpen ? Math.max(0, money - setAside - this.#model.wallets.held(provider, now)) : null;
  }

  whyNotLink(
    provider: string,
    beneficiary: string,
    quota: number,
    replaces: ModelLink | null,
    now: number,
  ): ReadonlySet<string> {
    if (provider === beneficiary) return new Set(['SELF_LINK']);
    const { rules } = this.#model;
    const codes = new Set<string>();
    const [lends, gets] = [this.#model.person(provider), this.#model.person(beneficiary)];
    if (lends.status !== 'normal' || gets.status !== 'normal') codes.add('INSURANCE_NOT_NORMAL');
    const others = this.open(now).filter((link) => link !== replaces);
    if (others.some((link) => link.provider === provider && link.beneficiary === beneficiary)) codes.add('LINK_EXISTS');
    const free = this.free(provider, now, replaces !== null && replaces.since <= now ? replaces : null);
    if (rules.quota && quota > (free ?? 0)) codes.add('QUOTA_NOT_COVERED');
    if (rules.wallet && !(lends.hasWallet && gets.hasWallet)) codes.add('WALLET_NOT_OPENED');
    return codes;
  }

  link(
    id: string,
    provider: string,
    beneficiary: string,
    quota: number,
    replaces: ModelLink | null,
    now: number,
  ): void {
    if (replaces) this.end(replaces, 'ended', now);
    const since = Math.max(now, replaces?.until ?? now);
    const quotaLeft = this.#model.rules.quota ? quota : null;
    this.#model.links.push({ id, provider, beneficiary, since, until: null, quotaLeft });
    this.deeds.push({ link: id, deed: 'linked' });
  }

  /** Why somebody may not end a link; null = he may. */
  whyNotEnd(link: ModelLink, by: string, now: number): string | null {
    const isOpen = link.until === null || link.until > now;
    if (!isOpen || (by !== link.provider && by !== link.beneficiary)) return 'LINK_NOT_FOUND';
    return by === link.provider || this.#model.rules.consent ? null : 'MESSAGE_REJECTED';
  }

  end(link: ModelLink, deed: 'ended' | 'dissolved', now: number): void {
    link.until = Math.max(link.since, now);
    this.deeds.push({ link: link.id, deed });
  }

  /** R75: to the amount that it is already is no change. */
  setQuota(link: ModelLink, quota: number): void {
    if (link.quotaLeft !== quota) this.deeds.push({ link: link.id, deed: 'quotaSet' });
    link.quotaLeft = quota;
  }

  /** R23: somebody's insurance has ended. */
  dissolve(person: string, now: number): void {
    if (!this.#model.rules.dissolves) return;
    for (const link of this.open(now)) {
      if (link.provider === person || link.beneficiary === person) this.end(link, 'dissolved', now);
    }
  }

  whyNotSetQuota(link: ModelLink, quota: number, now: number): string | null {
    if (!this.#model.rules.quota) return 'MESSAGE_REJECTED';
    if ((link.until !== null && link.until <= now) || this.#model.isDissolved(link)) return 'LINK_NOT_FOUND';
    return quota > (this.free(link.provider, now) ?? 0) + (link.quotaLeft ?? 0) ? 'QUOTA_NOT_COVERED' : null;
  }
}
