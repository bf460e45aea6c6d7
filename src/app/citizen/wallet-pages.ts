import { type Context, Hono } from 'hono';
import { html } from 'hono/html';
import type { WalletDone, WalletRefused } from '../../centre/wallet-office.ts';
import { chinaDateTime } from '../../domain/china-time.ts';
import { type Fen, formatYuan, parseYuan, subtract } from '../../domain/money.ts';
import type { WalletRules } from '../../domain/policy-profile.ts';
import type { Language } from '../../domain/prompt.ts';
import type { TransferState, WalletTransfer } from '../../domain/wallet.ts';
import { choiceField, type Typed, textField, typedOf, type Wrong } from './form-fields.ts';
import { facts, type Html, notice, page, sayIn } from './layout.ts';
import { findingsList } from './link-words-view.ts';
import type { CitizenEnv, CitizenParts } from './parts.ts';
import { SessionTasks, visitOf } from './session.ts';

/** The medical-insurance wallet (医保钱包, R69 to R73), mounted at `/wallet`: open, send to a linked relative, accept or refuse
 *  what came, give back what was accepted. */
export function walletPages(parts: CitizenParts): Hono<CitizenEnv> {
  const { wallet, links, registry } = parts.centre;
  const pages = new Hono<CitizenEnv>();
  /** Pages that were handed out and whether a form of theirs was used: a form that is sent twice moves money once. All forms
   *  of a page share one id, however many there are: only so many ids are kept. */
  const forms = new SessionTasks<{ used: boolean }>();
  const newForm = (c: Context<CitizenEnv>) => {
    const id = Buffer.from(parts.random(16)).toString('hex');
    forms.put(visitOf(c), id, { used: false });
    return html`<input type="hidden" name="form" value="${id}">`;
  };
  /** True once for each page that was handed out. */
  const takeForm = (c: Context<CitizenEnv>, typed: Typed): boolean => {
    const form = forms.get(visitOf(c), typed.form ?? '');
    if (form === undefined || form.used) return false;
    form.used = true;
    return true;
  };

  pages.get('/', (c) => c.html(walletPage(c)));

  function walletPage(c: Context<CitizenEnv>, message: Html | string = '', typed: Typed = {}, wrong: Wrong = {}): Html {
    const { language, person } = c.var;
    const say = sayIn(language);
    const state = wallet.stateOf(person);
    const title = say('医保钱包', 'Wallet');
    if (!state.offered || state.limits === null) {
      const text = say(
        `本地规定（${parts.profile.name}）没有医保钱包`,
        `The rules here (${parts.profile.name}) have no wallet`,
      );
      return page(c, { title, back: '/', body: html`${message}${notice('wait', text)}` });
    }
    const limits = limitsView(state.limits, language);
    if (!state.opened) {
      const left = formatYuan(state.balance);
      // What comes back from a sale goes to where it was paid from, closed or not.
      const text =
        state.balance > 0
          ? say(
              `医保钱包没有开通，里面有 ¥ ${left}，开通后可用`,
              `The wallet is not open. ¥ ${left} lies in it and can be used once it is`,
            )
          : say('您还没有开通医保钱包', 'You have not opened the wallet');
      const body = html`${message}${notice('wait', text)}
<form method="post" action="/wallet/open"><button class="go">${say('开通医保钱包', 'Open the wallet')}</button></form>${limits}`;
      return page(c, { title, back: '/', body });
    }
    const receivers = receiversOf(person);
    const sent = state.sentToday;
    const form = newForm(c);
    const body = html`${message}
<section class="card"><p class="soft">${say('钱包余额', 'In the wallet')}</p><p class="money">¥ ${formatYuan(state.balance)}</p>
${facts([
  [
    say('账户可转', 'Free to send'),
    state.free === null ? say('没有个人账户', 'no personal account') : `¥ ${formatYuan(state.free)}`,
  ],
  [
    say('今日已转', 'Sent today'),
    say(`${sent.count} 笔 ¥ ${formatYuan(sent.total)}`, `${sent.count}, ¥ ${formatYuan(sent.total)}`),
  ],
])}</section>
${state.incoming.length === 0 ? '' : html`<h2>${say('等您接收', 'Waiting for you')}</h2><ul class="cards">${state.incoming.map((one) => transferCard(one, c))}</ul>`}
${state.outgoing.length === 0 ? '' : html`<h2>${say('等对方接收', 'Waiting for the other')}</h2><ul class="cards">${state.outgoing.map((one) => transferCard(one, c))}</ul>`}
<h2>${say('转给亲属', 'Send to a relative')}</h2>
${
  receivers.length === 0
    ? html`<p class="soft">${say('只能转给您已关联的使用人；请先办理关联。', 'You can send to people linked to you only; make the link first.')}</p>`
    : html`<form method="post" action="/wallet/send" class="fields card">${form}
${choiceField({ name: 'to', label: say('转给', 'To'), choices: receivers.map(({ linkId, text }) => ({ value: linkId, text })) }, typed)}
${textField({ name: 'amount', label: say('金额（元）', 'Amount (yuan)'), mode: 'decimal', lengthMax: 14 }, typed, wrong)}
<button class="go">${say('转出', 'Send')}</button></form>`
}
${limits}
${historyView(c, form)}
<form method="post" action="/wallet/close"><button class="quiet">${say('关闭医保钱包', 'Close the wallet')}</button></form>`;
    return page(c, { title, back: '/', body });
  }

  /** The people linked as somebody's beneficiaries, by the link's number: ids of the register stay here. */
  function receiversOf(person: string) {
    const beneficiaries = new Map(registry.linksOf(person).map((link) => [link.linkId, link.beneficiary]));
    return links.standingsOf(person).flatMap(({ linkId, role, other }) => {
      const receiver = beneficiaries.get(linkId);
      return role === 'provider' && receiver !== undefined ? [{ linkId, receiver, text: other.maskedName }] : [];
    });
  }

  function transferCard(transfer: WalletTransfer, c: Context<CitizenEnv>): Html {
    const { language, person } = c.var;
    const say = sayIn(language);
    const { transferId, amount, sentAt, lapsesAt, receiver, senderName, receiverName } = transfer;
    const isMine = receiver === person;
    const at = `/wallet/transfer/${transferId}`;
    return html`<li class="card"><p class="money">¥ ${formatYuan(amount)}</p>${facts([
      [isMine ? say('来自', 'From') : say('转给', 'To'), isMine ? senderName : receiverName],
      [say('转出时间', 'Sent at'), minute(sentAt)],
      [say('未接收则退回', 'Goes back at'), lapsesAt === null ? null : minute(lapsesAt)],
    ])}${
      isMine
        ? html`<form method="post" action="${at}" class="actions"><button class="go" name="do" value="accept">${say('接收', 'Accept')}</button><button name="do" value="decline">${say('不接收', 'Refuse')}</button></form>`
        : ''
    }${
      // One that goes back by itself is waited for (R71).
      !isMine && lapsesAt === null
        ? html`<form method="post" action="${at}" class="actions"><button name="do" value="withdraw">${say('撤回', 'Take back')}</button></form>`
        : ''
    }</li>`;
  }

  function historyView(c: Context<CitizenEnv>, form: Html): Html {
    const { language, person } = c.var;
    const say = sayIn(language);
    const past = [...wallet.historyOf(person)]
      .filter(({ state }) => state !== 'waiting')
      .sort((a, b) => b.sentAt - a.sentAt);
    if (past.length === 0) return html``;
    const mayReturn = parts.profile.wallet?.returnable === true;
    return html`<h2>${say('往来记录', 'What was sent')}</h2><ul class="cards">${past.map((transfer) => {
      const { transferId, amount, receiver, senderName, receiverName, sentAt, state, givenBack } = transfer;
      const isMine = receiver === person;
      const left = subtract(amount, givenBack);
      return html`<li class="card">${facts([
        [isMine ? say('收到', 'Received') : say('转出', 'Sent'), `¥ ${formatYuan(amount)}`],
        [isMine ? say('来自', 'From') : say('转给', 'To'), isMine ? senderName : receiverName],
        [say('时间', 'At'), minute(sentAt)],
        [say('结果', 'Outcome'), say(...stateWords[state])],
        [say('已退回', 'Given back'), givenBack === 0 ? null : `¥ ${formatYuan(givenBack)}`],
      ])}${
        isMine && state === 'accepted' && left > 0 && mayReturn
          ? html`<details><summary>${say('退回给转出人', 'Give back to the sender')}</summary><form method="post" action="/wallet/transfer/${transferId}" class="fields">${form}<input type="hidden" name="do" value="giveBack">
<div class="field"><label for="back-${transferId}">${say('退回金额（元）', 'Amount to give back (yuan)')}</label><input id="back-${transferId}" name="amount" inputmode="decimal" maxlength="14" autocomplete="off" value="${formatYuan(left)}"></div><button>${say('退回', 'Give back')}</button></form></details>`
          : ''
      }</li>`;
    })}</ul>`;
  }

  pages.post('/open', (c) => {
    wallet.open(c.var.person);
    return c.redirect('/wallet', 303);
  });

  pages.post('/close', (c) => {
    const result = wallet.close(c.var.person);
    if (result.kind === 'refused') return c.html(walletPage(c, refused(result, c.var.language)), 409);
    return c.redirect('/wallet', 303);
  });

  pages.post('/send', async (c) => {
    const { language, person } = c.var;
    const say = sayIn(language);
    const typed = typedOf(await c.req.parseBody());
    const receiver = receiversOf(person).find(({ linkId }) => linkId === typed.to)?.receiver;
    const amount = amountOf(typed.amount ?? '', language);
    if (receiver === undefined) {
      const text = say('请选择收款的亲属；没有转账', 'Choose who is to get it. Nothing was moved');
      return c.html(walletPage(c, notice('no', text), typed), 422);
    }
    if (typeof amount === 'string') return c.html(walletPage(c, '', typed, { amount }), 422);
    if (!takeForm(c, typed)) return c.html(walletPage(c, usedForm(language)), 409);
    const result = wallet.transfer({ from: person, to: receiver, amount });
    if (result.kind === 'refused') return c.html(walletPage(c, refused(result, language), typed), 409);
    const until = result.transfer.lapsesAt;
    const more =
      until === null
        ? ''
        : html`<p>${say(`对方在 ${minute(until)} 前未接收，将自动退回。`, `It goes back by itself at ${minute(until)} unless it is accepted.`)}</p>`;
    return c.html(
      walletPage(
        c,
        notice(
          'go',
          say(`已转出 ¥ ${formatYuan(amount)}，等对方接收`, `¥ ${formatYuan(amount)} sent; the other has to accept it`),
          more,
        ),
      ),
    );
  });

  pages.post('/transfer/:transfer', async (c) => {
    const { language, person } = c.var;
    const say = sayIn(language);
    const transferId = c.req.param('transfer');
    const typed = typedOf(await c.req.parseBody());
    let result: WalletDone<string> | WalletRefused;
    switch (typed.do) {
      case 'accept':
        result = wallet.accept(person, transferId);
        break;
      case 'decline':
        result = wallet.decline(person, transferId);
        break;
      case 'withdraw':
        result = wallet.withdraw(person, transferId);
        break;
      case 'giveBack': {
        const amount = amountOf(typed.amount ?? '', language);
        if (typeof amount === 'string') return c.html(walletPage(c, notice('no', amount)), 422);
        if (!takeForm(c, typed)) return c.html(walletPage(c, usedForm(language)), 409);
        result = wallet.giveBack(person, transferId, amount);
        break;
      }
      default:
        return c.redirect('/wallet', 303);
    }
    if ('findings' in result) return c.html(walletPage(c, refused(result, language)), 409);
    const words: Readonly<Record<string, readonly [string, string]>> = {
      accept: ['已接收，可用于看病买药', 'Accepted. It pays bills from now on'],
      decline: ['已拒收，钱仍在对方账户', 'Refused. The money stays with the sender'],
      withdraw: ['已撤回，钱仍在您的账户', 'Taken back. The money stays in your account'],
      giveBack: ['已退回给转出人', 'Given back to the sender'],
    };
    return c.html(walletPage(c, notice('go', say(...(words[typed.do] ?? ['已办理', 'Done'])))));
  });

  return pages;
}

const stateWords: Readonly<Record<TransferState, readonly [zh: string, en: string]>> = {
  waiting: ['等待接收', 'waiting'],
  accepted: ['已接收', 'accepted'],
  declined: ['对方未接收，已退回', 'refused, gone back'],
  withdrawn: ['已撤回', 'taken back'],
  lapsed: ['超时未接收，已退回', 'not accepted in time, gone back'],
};

function refused({ findings }: WalletRefused, language: Language): Html {
  const say = sayIn(language);
  return html`${notice('no', say('没有办理，金额未变', 'Not done. No money was moved'))}<section class="card">${findingsList(findings, language)}</section>`;
}

function usedForm(language: Language): Html {
  const text = sayIn(language)('这一页已经提交过，没有重复办理', 'This form was sent already; it was not done twice');
  return notice('wait', text);
}

/** The limits of R70 to R73 in sentences. */
function limitsView(
  { perDay, maxFen, dailyTotalFen, closed, unacceptedReturn, returnable }: WalletRules,
  language: Language,
): Html {
  const say = sayIn(language);
  const [from, to] = (closed ?? '').split('-');
  const lines = [
    say('转出人和收款人都须开通钱包。', 'Both sides must have opened the wallet.'),
    perDay !== null && say(`每天最多转 ${perDay} 笔。`, `At most ${perDay} transfers a day.`),
    maxFen !== null && say(`每笔最多 ¥ ${formatYuan(maxFen)}。`, `At most ¥ ${formatYuan(maxFen)} in one.`),
    dailyTotalFen !== null &&
      say(`每天合计最多 ¥ ${formatYuan(dailyTotalFen)}。`, `At most ¥ ${formatYuan(dailyTotalFen)} a day in all.`),
    closed !== null && say(`${from} 至次日 ${to} 不办理。`, `None from ${from} to ${to}.`),
    unacceptedReturn !== null &&
      say(
        `对方未接收的，次日 ${unacceptedReturn} 自动退回；退回或接收之前不能再转。`,
        `What is not accepted goes back at ${unacceptedReturn} the next day; until then no other can be sent.`,
      ),
    returnable
      ? say('接收后可以退回给转出人。', 'What was accepted can be given back.')
      : say('接收后不能退回。', 'What was accepted cannot be given back.'),
  ].filter((line) => line !== false);
  return html`<details class="card"><summary>${say('转账规定', 'The limits')}</summary><ul>${lines.map((line) => html`<li>${line}</li>`)}</ul></details>`;
}

/** The amount as typed, or what is wrong with it. Zero is the rules' to refuse. */
function amountOf(text: string, language: Language): Fen | string {
  const parsed = parseYuan(text);
  if (parsed.ok) return parsed.fen;
  const say = sayIn(language);
  switch (parsed.problem) {
    case 'empty':
      return say('请填写金额', 'Please enter the amount');
    case 'tooManyDecimals':
      return say('金额最多两位小数', 'An amount has at most two decimals');
    case 'tooLarge':
      return say('金额过大', 'The amount is too large');
    default:
      return say('金额看不懂，请输入如 80.00', 'That is not an amount. Enter for example 80.00');
  }
}

function minute(at: number): string {
  return chinaDateTime(at).slice(0, 16);
}
