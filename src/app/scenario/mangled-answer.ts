import { add, type Fen, fen } from '../../domain/money.ts';
import type { Split } from '../../domain/settlement.ts';
import type { Returned } from '../../domain/undo.ts';
import type {
  AdmitAnswer,
  ExplainLinkAnswer,
  IdentifyAnswer,
  InquireAnswer,
  LinkAnswer,
  LookUpAnswer,
  MoneyAnswer,
  PreviewUndoAnswer,
  QueryAnswer,
  QuoteAnswer,
  ReconcileAnswer,
  Reply,
  ReverseAnswer,
  SignInAnswer,
  UnlinkAnswer,
} from '../../ports/centre.ts';
import type { MsgId } from '../../ports/ids.ts';

type Answer =
  | SignInAnswer
  | IdentifyAnswer
  | InquireAnswer
  | QuoteAnswer
  | PreviewUndoAnswer
  | MoneyAnswer
  | ReverseAnswer
  | QueryAnswer
  | AtOffice
  | ReconcileAnswer;
/** What tells nothing of itself but the message that it answers. */
type AtOffice = LookUpAnswer | AdmitAnswer | ExplainLinkAnswer | LinkAnswer | UnlinkAnswer;

/** The answer as a damaged line would hand it over: one fen more cash where it tells amounts, so that they no longer add
 *  up; nothing but its kind where it does not. */
export function brokenAnswer<T>(answer: T): T {
  return changed(answer, {
    split: (split) => ({ ...split, cash: oneMore(split.cash) }),
    returned: (returned) => ({ ...returned, cash: oneMore(returned.cash) }),
    otherwise: ({ kind }) => ({ kind }),
  });
}

/** The answer that belongs to another message: its id is another one; a quote is for another bill, a preview of another
 *  sale; where nothing tells whose it is, it is of another kind. */
export function foreignAnswer<T>(answer: T, request: object): T {
  return changed(answer, {
    split: (split) => ({ ...split, total: oneMore(split.total), cash: oneMore(split.cash) }),
    returned: (returned) => returned,
    msgId: otherMsgId,
    settlementId: (settlementId) => `${settlementId}-other`,
    otherwise: () => ('of' in request ? { kind: 'previewed' } : { kind: 'absent' }),
  });
}

interface Changes {
  readonly split: (split: Split) => Split;
  readonly returned: (returned: Returned) => Returned;
  readonly msgId?: (msgId: MsgId) => MsgId;
  readonly settlementId?: (settlementId: string) => string;
  /** What becomes of an answer without amounts. */
  readonly otherwise: (answer: Answer) => object;
}

function changed<T>(unchanged: T, changes: Changes): T {
  const { split, returned, msgId = same, settlementId = same, otherwise } = changes;
  const answer = unchanged as Answer;
  const change = (money: Answer): object => {
    switch (money.kind) {
      case 'quoted':
      case 'stale':
        return { ...money, quote: { ...money.quote, split: split(money.quote.split) } };
      case 'settled': {
        const { settlement } = money;
        const other = { ...settlement, msgId: msgId(settlement.msgId), split: split(settlement.split) };
        return { ...money, settlement: other };
      }
      case 'previewed':
      case 'undoStale': {
        const { quote } = money;
        const other = {
          ...quote,
          settlementId: settlementId(quote.settlementId),
          returned: returned(quote.returned),
        };
        return { ...money, quote: other };
      }
      case 'undone':
      case 'reversed': {
        const { undo } = money;
        if (undo === null) return otherwise(money);
        // A reversal is told by the message that it reverses, any other undo by its own.
        const original = { ...undo.original, msgId: msgId(undo.original.msgId) };
        const other = { ...undo, msgId: msgId(undo.msgId), original, returned: returned(undo.returned) };
        return { ...money, undo: other };
      }
      case 'found':
        return money.answer.kind === 'declined'
          ? otherwise(money)
          : { ...money, answer: change(money.answer) as MoneyAnswer };
      case 'lookedUp':
      case 'admitted':
      case 'explained':
      case 'linked':
      case 'linkRefused':
      case 'unlinked':
        return msgId === same ? otherwise(money) : toldOf(money, msgId);
      default:
        return otherwise(money);
    }
  };
  return change(answer) as T;
}

function toldOf(answer: AtOffice, msgId: (msgId: MsgId) => MsgId): object {
  const { refMsgId } = answer as Reply<AtOffice>;
  return { ...answer, refMsgId: msgId(refMsgId) };
}

function same<V>(value: V): V {
  return value;
}

function oneMore(amount: Fen): Fen {
  return add(amount, fen(1));
}

/** Another id of the same institution and second: R145 has four digits at its end. */
function otherMsgId(msgId: MsgId): MsgId {
  const sequence = String((Number(msgId.slice(-4)) + 5000) % 10_000).padStart(4, '0');
  return `${msgId.slice(0, -4)}${sequence}`;
}
