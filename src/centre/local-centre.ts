import {
  type AdmitAnswer,
  type AdmitRequest,
  type CancelRequest,
  type Centre,
  CentreFault,
  type Envelope,
  type ExplainLinkAnswer,
  type ExplainLinkRequest,
  type IdentifyAnswer,
  type IdentifyRequest,
  type InquireAnswer,
  type InquireRequest,
  type LinkAnswer,
  type LinkRequest,
  type LookUpAnswer,
  type LookUpRequest,
  type PreviewUndoAnswer,
  type PreviewUndoRequest,
  type QueryAnswer,
  type QueryRequest,
  type QuoteAnswer,
  type QuoteRequest,
  type ReconcileAnswer,
  type ReconcileRequest,
  type RefundRequest,
  type Reply,
  type ReverseAnswer,
  type ReverseRequest,
  type SettleAnswer,
  type SettleRequest,
  type SignInAnswer,
  type SignInRequest,
  type UndoAnswer,
  type UnlinkAnswer,
  type UnlinkRequest,
} from '../ports/centre.ts';
import { StoreFault } from './centre-store.ts';
import type { Desk } from './desk.ts';
import { identify } from './identify.ts';
import { inquire } from './inquire.ts';
import { admit, explainLink, link, lookUp, unlink } from './link-desk.ts';
import { previewUndo } from './preview-undo.ts';
import { query } from './query.ts';
import { quote } from './quote.ts';
import { reconcile } from './reconcile.ts';
import { reverse } from './reverse.ts';
import { settle } from './settle.ts';
import { signIn } from './sign-in.ts';
import { cancel, refund } from './undo.ts';

/** The centre in the terminal's own process. Faults: `CentreFault` `storeDown` for whatever the store throws; anything
 *  else is a bug and passes through. */
export class LocalCentre implements Centre {
  readonly #desk: Desk;
  constructor(desk: Desk) {
    this.#desk = desk;
  }

  async signIn(request: SignInRequest): Promise<Reply<SignInAnswer>> {
    return answering(request, () => signIn(this.#desk, request));
  }
  async identify(request: IdentifyRequest): Promise<Reply<IdentifyAnswer>> {
    return answering(request, () => identify(this.#desk, request));
  }
  async inquire(request: InquireRequest): Promise<Reply<InquireAnswer>> {
    return answering(request, () => inquire(this.#desk, request));
  }
  async quote(request: QuoteRequest): Promise<Reply<QuoteAnswer>> {
    return answering(request, () => quote(this.#desk, request));
  }
  async settle(request: SettleRequest): Promise<Reply<SettleAnswer>> {
    return answering(request, () => settle(this.#desk, request));
  }
  async previewUndo(request: PreviewUndoRequest): Promise<Reply<PreviewUndoAnswer>> {
    return answering(request, () => previewUndo(this.#desk, request));
  }
  async cancel(request: CancelRequest): Promise<Reply<UndoAnswer>> {
    return answering(request, () => cancel(this.#desk, request));
  }
  async refund(request: RefundRequest): Promise<Reply<UndoAnswer>> {
    return answering(request, () => refund(this.#desk, request));
  }
  async reverse(request: ReverseRequest): Promise<Reply<ReverseAnswer>> {
    return answering(request, () => reverse(this.#desk, request));
  }
  async query(request: QueryRequest): Promise<Reply<QueryAnswer>> {
    return answering(request, () => query(this.#desk, request));
  }
  async lookUp(request: LookUpRequest): Promise<Reply<LookUpAnswer>> {
    return answering(request, () => lookUp(this.#desk, request));
  }
  async admit(request: AdmitRequest): Promise<Reply<AdmitAnswer>> {
    return answering(request, () => admit(this.#desk, request));
  }
  async explainLink(request: ExplainLinkRequest): Promise<Reply<ExplainLinkAnswer>> {
    return answering(request, () => explainLink(this.#desk, request));
  }
  async link(request: LinkRequest): Promise<Reply<LinkAnswer>> {
    return answering(request, () => link(this.#desk, request));
  }
  async unlink(request: UnlinkRequest): Promise<Reply<UnlinkAnswer>> {
    return answering(request, () => unlink(this.#desk, request));
  }
  async reconcile(request: ReconcileRequest): Promise<Reply<ReconcileAnswer>> {
    return answering(request, () => reconcile(this.#desk, request));
  }
}

function answering<A extends object>(request: Envelope, work: () => A): Reply<A> {
  try {
    return { ...work(), refMsgId: request.msgId };
  } catch (error) {
    throw error instanceof StoreFault ? new CentreFault('storeDown', { cause: error }) : error;
  }
}
