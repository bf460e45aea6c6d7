import { type Context, Hono } from 'hono';
import { html } from 'hono/html';
import type { LinkActor, LinkAsk, LinkAsked, Linked, TurnedDownAsk } from '../../centre/link-office.ts';
import { chinaDateTime } from '../../domain/china-time.ts';
import { declineCodes } from '../../domain/decline-code.ts';
import type { LinkVerdict } from '../../domain/link-application.ts';
import type { LinkReasonCode, LinkRecord, LinkStanding } from '../../domain/link-record.ts';
import { relationWords, sayLinkReason } from '../../domain/link-words.ts';
import { above, formatYuan, sum, zeroFen } from '../../domain/money.ts';
import type { Language } from '../../domain/prompt.ts';
import type { Declined } from '../../ports/centre.ts';
import { choiceField, type Typed, textField, typedOf, type Wrong } from './form-fields.ts';
import { facts, type Html, menu, notice, page, type Say, sayIn } from './layout.ts';
import { type CitizenChannel, linkFields, quotaOf, type ReadForm, readLinkForm } from './link-form.ts';
import { partyLine, recordSlip, rolesView, standingText, verdictView } from './link-words-view.ts';
import type { CitizenEnv, CitizenParts } from './parts.ts';
import { SessionTasks, visitOf } from './session.ts';
import { testNumbers } from './test-numbers.ts';

/** An application between its steps. `outcome`: what came of it; the same confirmation twice is one application. */
interface LinkTask {
  readonly form: ReadForm;
  readonly typed: Typed;
  outcome: Linked | { readonly kind: 'asked'; readonly ask: LinkAsk } | null;
}

export interface LinkPagesOf {
  readonly channel: CitizenChannel;
  /** Where the pages stand, as a path without a slash at its end, and the page above. */
  readonly base: string;
  readonly up: string;
  readonly title: readonly [zh: string, en: string];
  /** What the channel calls its button for a new link. */
  readonly add: readonly [zh: string, en: string];
}

/** The list of a person's links with its ways to make, change and cancel them, for one channel. A link is made in three
 *  steps: form, dry run with every reason, confirmation; nothing is written before the last. */
export function linkPages(parts: CitizenParts, { channel, base, up, title, add }: LinkPagesOf): Hono<CitizenEnv> {
  const { links } = parts.centre;
  const { profile } = parts;
  const tasks = new SessionTasks<LinkTask>();
  /** Slips by the number of their record, so that a page that is loaded again shows it again. */
  const slips = new SessionTasks<LinkRecord>();
  const actor: LinkActor = { channel, operator: 'self', institution: null, terminal: null };
  const pages = new Hono<CitizenEnv>();
  /** Null where the rules know no quota. */
  const missingQuota = (say: Say) =>
    profile.fundModel === 'quota_hold' ? say('未设，设了才能使用', 'none: nothing can be used until one is set') : null;
  const newId = () => Buffer.from(parts.random(16)).toString('hex');
  const ownLinksOf = (person: string) => links.standingsOf(person).filter(({ role }) => role === 'provider');

  pages.get('/', (c) => c.html(listPage(c)));

  function listPage(c: Context<CitizenEnv>, message: Html | string = ''): Html {
    const { language, person } = c.var;
    const say = sayIn(language);
    const standings = links.standingsOf(person);
    const asks = links.asksFor(person);
    const turnedDown = links.asksTurnedDown(person);
    const as = (role: LinkStanding['role']) => standings.filter((standing) => standing.role === role);
    const mine = as('provider');
    const theirs = as('beneficiary');
    const body = html`${message}
${asks.length === 0 ? '' : html`<h2>${say('等待同意的申请', 'Applications that wait for consent')}</h2><ul class="cards">${asks.map((ask) => askCard(ask, c))}</ul>`}
<h2>${say('已关联的账号信息（使用者）', 'Linked people (who use your account)')}</h2>
${mine.length === 0 ? html`<p class="soft">${say('没有关联任何人。', 'Nobody is linked.')}</p>` : html`<ul class="cards">${mine.map((standing) => standingCard(standing, c))}</ul>`}
<p><a class="button go" href="${base}/add">${say(...add)}</a></p>
${turnedDown.length === 0 ? '' : html`<h2>${say('使用人不同意的申请（近 30 天）', 'Refused by the beneficiary (last 30 days)')}</h2><ul class="cards">${turnedDown.map((ask) => turnedDownCard(ask, c.var.language))}</ul>`}
${theirs.length === 0 ? '' : html`<h2>${say('为我付款的账号（提供者）', 'Accounts that pay for you')}</h2><ul class="cards">${theirs.map((standing) => standingCard(standing, c))}</ul>`}
${menu([{ href: `${base}/history`, title: say('办理记录', 'What was done') }])}`;
    return page(c, { title: say(...title), back: up, body });
  }

  function standingCard(standing: LinkStanding, c: Context<CitizenEnv>): Html {
    const { language } = c.var;
    const say = sayIn(language);
    const { linkId, other, relation, since, until, quotaLeft, role } = standing;
    const mayEnd = role === 'provider' || profile.beneficiaryConsent;
    const hasQuota = role === 'provider' && profile.fundModel === 'quota_hold';
    return html`<li class="card"><h3>${partyLine(other)}</h3>${facts([
      [say('关系', 'Relation'), relationWords[language][relation]],
      [say('状态', 'State'), stateOf(standing, language)],
      [say('生效', 'From'), minute(since)],
      [say('截止', 'Until'), until === null ? say('长期，直到取消', 'until it is cancelled') : minute(until)],
      [say('共济额度剩余', 'Left of the quota'), quotaLeft === null ? null : `¥ ${formatYuan(quotaLeft)}`],
    ])}
<div class="actions">${mayEnd ? html`<a class="button" href="${base}/cancel/${linkId}">${say('取消关联', 'Cancel this link')}</a>` : ''}
${hasQuota ? html`<a class="button" href="${base}/quota/${linkId}">${say('调整额度', 'Change the quota')}</a>` : ''}</div></li>`;
  }

  /** A link that stands in nobody's way gives nothing all the same while no quota is set (R75). */
  function stateOf(standing: LinkStanding, language: Language): string {
    return standing.obstacle === null && standing.quotaLeft === null && profile.fundModel === 'quota_hold'
      ? sayIn(language)('未设共济额度，暂不能使用', 'Cannot be used: no quota is set')
      : standingText(standing, language);
  }

  function askCard({ askId, at, role, other, relation, quota }: LinkAsk, c: Context<CitizenEnv>): Html {
    const { language } = c.var;
    const say = sayIn(language);
    const heading =
      role === 'beneficiary'
        ? say(`${other.maskedName} 想为您付款`, `${other.maskedName} wants to pay for you`)
        : say(`等待 ${other.maskedName} 同意`, `Waiting for ${other.maskedName} to agree`);
    return html`<li class="card"><h3>${heading}</h3>${facts([
      [say('对方', 'The other'), partyLine(other)],
      [say('使用人是提供人的', 'Beneficiary is the provider’s'), relationWords[language][relation]],
      [say('共济额度', 'Quota'), quota === null ? null : `¥ ${formatYuan(quota)}`],
      [say('申请时间', 'Asked at'), minute(at)],
    ])}${
      role === 'beneficiary'
        ? html`<form method="post" action="${base}/ask/${askId}" class="actions"><button class="go" name="answer" value="agree">${say('同意', 'Agree')}</button><button name="answer" value="refuse">${say('不同意', 'Refuse')}</button></form>`
        : ''
    }</li>`;
  }

  function turnedDownCard({ at, answeredAt, other, relation, quota }: TurnedDownAsk, language: Language): Html {
    const say = sayIn(language);
    return html`<li class="card"><h3>${partyLine(other)}</h3>${facts([
      [say('状态', 'State'), say('使用人不同意，没有建立关联', 'The beneficiary refused. No link was made')],
      [say('使用人是提供人的', 'Beneficiary is the provider’s'), relationWords[language][relation]],
      [say('共济额度', 'Quota'), quota === null ? null : `¥ ${formatYuan(quota)}`],
      [say('申请时间', 'Asked at'), minute(at)],
      [say('答复时间', 'Answered at'), minute(answeredAt)],
    ])}</li>`;
  }

  function formPage(c: Context<CitizenEnv>, typed: Typed, wrong: Wrong): Html {
    const { language, person } = c.var;
    const say = sayIn(language);
    const fields = linkFields({ parts, channel, language, ownLinks: ownLinksOf(person) }, typed, wrong);
    const problems = Object.keys(wrong).length;
    const body = html`<p>${say('您是提供人：您的账户为亲属付款。', 'You are the provider: your account pays for the relative.')}</p>
${problems === 0 ? '' : notice('no', say(`有 ${problems} 处需要更正，没有提交`, `${problems} to correct; nothing was sent`))}
<form method="post" action="${base}/add" class="fields">${fields}
<button class="go">${say('下一步：试办', 'Next: dry run')}</button></form>
${testNumbers(parts.deck, person, language)}`;
    return page(c, { title: say(...add), back: base, body });
  }

  pages.get('/add', (c) => c.html(formPage(c, {}, {})));
  pages.post('/add', async (c) => {
    const { language, person } = c.var;
    const typed = typedOf(await c.req.parseBody());
    const read = readLinkForm({ parts, channel, language, ownLinks: ownLinksOf(person) }, typed);
    if (!read.ok) return c.html(formPage(c, typed, read.wrong), 422);
    const taskId = newId();
    tasks.put(visitOf(c), taskId, { form: read.form, typed, outcome: null });
    return c.redirect(`${base}/review/${taskId}`, 303);
  });

  /** The link as it is asked for. The beneficiary's consent, where it is needed, is asked of him afterwards (R12). */
  const askedIn = ({ form }: LinkTask, person: string): LinkAsked => ({ provider: person, ...form });

  function reviewPage(c: Context<CitizenEnv>, taskId: string, task: LinkTask, verdict: LinkVerdict): Html {
    const { language } = c.var;
    const say = sayIn(language);
    const { terms, replaces, beneficiary } = task.form;
    const party = links.partyOf(beneficiary);
    const replaced = ownLinksOf(c.var.person).find(({ linkId }) => linkId === replaces);
    const isAllowed = verdict.findings.length === 0;
    const confirm = profile.beneficiaryConsent
      ? say('提交，请使用人同意', 'Send it to the beneficiary to agree')
      : say('确认办理', 'Confirm');
    const body = html`${rolesView(c.var.shownName, party.maskedName, language)}
${verdictView(verdict, language)}
<section class="card">${facts([
      [say('使用人', 'Beneficiary'), partyLine(party)],
      [say('使用人是您的', 'He or she is your'), relationWords[language][terms.relation]],
      [say('共济额度', 'Quota'), terms.quota === null ? missingQuota(say) : `¥ ${formatYuan(terms.quota)}`],
      [
        say('截止', 'Until'),
        terms.until === null ? say('长期，直到取消', 'until it is cancelled') : minute(terms.until),
      ],
      [say('同时取消', 'Ends with it'), replaced === undefined ? null : partyLine(replaced.other)],
    ])}</section>
<div class="actions">
<form method="post" action="${base}/edit/${taskId}"><button>${say('返回修改', 'Change it')}</button></form>
${isAllowed ? html`<form method="post" action="${base}/review/${taskId}"><button class="go">${confirm}</button></form>` : ''}
</div>`;
    return page(c, { title: say('核对并确认', 'Check and confirm'), back: base, body });
  }

  const withTask = (c: Context<CitizenEnv>, show: (taskId: string, task: LinkTask) => Response | Promise<Response>) => {
    const taskId = c.req.param('task') ?? '';
    const task = tasks.get(visitOf(c), taskId);
    if (task !== undefined) return show(taskId, task);
    const text = sayIn(c.var.language)(
      '这份申请已不在，没有办理，请重新填写',
      'This application is gone and nothing was done. Please start again',
    );
    return c.html(listPage(c, notice('no', text)), 404);
  };

  pages.get('/review/:task', (c) =>
    withTask(c, (taskId, task) =>
      task.outcome !== null
        ? c.redirect(`${base}/done/${taskId}`, 303)
        : c.html(reviewPage(c, taskId, task, dryRun(askedIn(task, c.var.person)))),
    ),
  );
  /** Judged as if the beneficiary agreed where his consent is asked for afterwards. */
  const dryRun = (asked: LinkAsked): LinkVerdict =>
    links.explain({ ...asked, terms: { ...asked.terms, beneficiaryConsents: profile.beneficiaryConsent } });

  pages.post('/edit/:task', (c) => withTask(c, (_taskId, task) => c.html(formPage(c, task.typed, {}))));
  pages.post('/review/:task', (c) =>
    withTask(c, (taskId, task) => {
      if (task.outcome === null) {
        const asked = askedIn(task, c.var.person);
        const answer = profile.beneficiaryConsent ? links.ask(asked, actor) : links.link(asked, actor);
        if (answer.kind === 'linkRefused') return c.html(reviewPage(c, taskId, task, answer.verdict), 409);
        task.outcome = answer;
      }
      return c.redirect(`${base}/done/${taskId}`, 303);
    }),
  );
  pages.get('/done/:task', (c) =>
    withTask(c, (taskId, { outcome, form }) => {
      const say = sayIn(c.var.language);
      if (outcome === null) return c.redirect(`${base}/review/${taskId}`, 303);
      if (outcome.kind === 'linked') return c.html(slipPage(c, outcome.record));
      const { maskedName } = links.partyOf(form.beneficiary);
      const body = html`${notice(
        'wait',
        say(
          `已提交。请 ${maskedName} 登录后同意，7 天内有效`,
          `Sent. Let ${maskedName} sign in and agree within 7 days`,
        ),
        html`<p>${say('在同意之前，关联不生效。', 'Until then there is no link.')}</p>`,
      )}<p><a class="button" href="${base}">${say('回到列表', 'Back to the list')}</a></p>`;
      return c.html(page(c, { title: say('等待同意', 'Waiting for consent'), back: base, body }));
    }),
  );

  function slipPage(c: Context<CitizenEnv>, record: LinkRecord): Html {
    const { language } = c.var;
    const say = sayIn(language);
    const done =
      record.deed === 'linked' ? say('关联已建立', 'The link was made') : say('关联已取消', 'The link was cancelled');
    const body = html`${notice('go', done)}${recordSlip(record, language)}
<p><a class="button go" href="${base}">${say('回到列表', 'Back to the list')}</a></p>`;
    return page(c, { title: say('办理结果', 'Done'), back: base, body });
  }

  pages.post('/ask/:ask', async (c) => {
    const say = sayIn(c.var.language);
    const { answer } = await c.req.parseBody();
    if (answer !== 'agree' && answer !== 'refuse') return c.redirect(base, 303);
    const result = links.answerAsk(c.req.param('ask'), c.var.person, answer === 'agree');
    switch (result.kind) {
      case 'linked':
        return toSlip(c, result.record);
      case 'turnedDown':
        return c.html(listPage(c, notice('go', say('已拒绝，没有建立关联', 'Refused. No link was made'))));
      case 'linkRefused':
        return c.html(listPage(c, verdictView(result.verdict, c.var.language)), 409);
      case 'declined':
        return c.html(listPage(c, declined(c, result)), 409);
    }
  });

  const toSlip = (c: Context<CitizenEnv>, record: LinkRecord) => {
    slips.put(visitOf(c), record.recordId, record);
    return c.redirect(`${base}/slip/${record.recordId}`, 303);
  };
  pages.get('/slip/:record', (c) => {
    const record = slips.get(visitOf(c), c.req.param('record'));
    return record === undefined ? c.redirect(base, 303) : c.html(slipPage(c, record));
  });

  const standingOf = (c: Context<CitizenEnv>) =>
    links.standingsOf(c.var.person).find(({ linkId }) => linkId === c.req.param('link'));
  const gone = (c: Context<CitizenEnv>) => {
    const text = sayIn(c.var.language)('没有这条关联，或已取消', 'There is no such link, or it was cancelled');
    return c.html(listPage(c, notice('no', text)), 404);
  };

  pages.get('/cancel/:link', (c) => {
    const standing = standingOf(c);
    return standing === undefined ? gone(c) : c.html(cancelPage(c, standing));
  });
  pages.post('/cancel/:link', async (c) => {
    const standing = standingOf(c);
    if (standing === undefined) return gone(c);
    const { reason } = typedOf(await c.req.parseBody());
    const code = cancelReasons.find((one) => one === reason) ?? cancelReasons[0];
    const result = links.unlink(c.var.person, standing.linkId, { code }, actor);
    if (result.kind === 'declined') return c.html(cancelPage(c, standing, declined(c, result)), 409);
    return toSlip(c, result.record);
  });

  function cancelPage(c: Context<CitizenEnv>, standing: LinkStanding, message: Html | string = ''): Html {
    const { language, shownName } = c.var;
    const say = sayIn(language);
    const other = standing.other.maskedName;
    const [provider, beneficiary] = standing.role === 'provider' ? [shownName, other] : [other, shownName];
    const next =
      profile.unlinkEffect === 'next_day'
        ? say('取消后次日起不再付款。', 'From the next day on nothing is paid any more.')
        : say('取消后立即不再付款，已付的不受影响。', 'It stops paying at once. What was paid stays paid.');
    const body = html`${message}${rolesView(provider, beneficiary, language)}<p>${next}</p>
<form method="post" action="${base}/cancel/${standing.linkId}" class="fields">
${choiceField({ name: 'reason', label: say('取消原因', 'Reason'), choices: cancelReasons.map((code) => ({ value: code, text: sayLinkReason({ code }, language) })) }, {})}
<div class="actions"><a class="button" href="${base}">${say('不取消', 'Keep it')}</a><button class="no">${say('确认取消关联', 'Cancel the link')}</button></div></form>`;
    return page(c, { title: say('取消关联', 'Cancel a link'), back: base, body });
  }

  pages.get('/quota/:link', (c) => {
    const standing = standingOf(c);
    return standing === undefined ? gone(c) : c.html(quotaPage(c, standing, {}, {}));
  });
  pages.post('/quota/:link', async (c) => {
    const standing = standingOf(c);
    if (standing === undefined) return gone(c);
    const say = sayIn(c.var.language);
    const typed = typedOf(await c.req.parseBody());
    const quota = quotaOf(typed.quota ?? '', c.var.language);
    if (quota === null || typeof quota === 'string') {
      const text = quota ?? say('请填写额度', 'Please enter the quota');
      return c.html(quotaPage(c, standing, typed, { quota: text }), 422);
    }
    const result = links.setQuota(c.var.person, standing.linkId, quota, actor);
    if (result.kind === 'declined') {
      const isTooMuch = result.decline.code === 'QUOTA_NOT_COVERED';
      const wrong: Wrong = isTooMuch ? { quota: quotaLimit(c.var.person, standing, say) } : {};
      return c.html(quotaPage(c, standing, typed, wrong, declined(c, result)), 409);
    }
    const left = `¥ ${formatYuan(result.standing.quotaLeft ?? quota)}`;
    return c.html(listPage(c, notice('go', say(`额度已改为 ${left}`, `The quota is ${left} now`))));
  });

  /** How far a quota may go: what the account has beside what other links hold. */
  function quotaLimit(person: string, { linkId }: LinkStanding, say: Say): string {
    const others = ownLinksOf(person).filter((other) => other.linkId !== linkId);
    const held = sum(others.map(({ quotaLeft }) => quotaLeft ?? zeroFen));
    const limit = formatYuan(above(parts.centre.wallet.stateOf(person).free ?? zeroFen, held));
    return say(`最多可设 ¥ ${limit}，请减少`, `At most ¥ ${limit} can be set aside. Enter less`);
  }

  function quotaPage(
    c: Context<CitizenEnv>,
    { linkId, other, quotaLeft }: LinkStanding,
    typed: Typed,
    wrong: Wrong,
    message: Html | string = '',
  ): Html {
    const say = sayIn(c.var.language);
    const label = say('新的共济额度（元）', 'New quota (yuan)');
    const hint = say(
      '从您的账户中留出；减少的部分立即归还给您',
      'Set aside from your account; what is taken off is yours again at once',
    );
    const body = html`${message}${facts([
      [say('使用人', 'Beneficiary'), partyLine(other)],
      [
        say('共济额度剩余', 'Left of the quota'),
        quotaLeft === null ? say('未设', 'none set') : `¥ ${formatYuan(quotaLeft)}`,
      ],
    ])}<form method="post" action="${base}/quota/${linkId}" class="fields">${textField({ name: 'quota', label, hint, mode: 'decimal', lengthMax: 14 }, typed, wrong)}<button class="go">${say('保存', 'Save')}</button></form>`;
    return page(c, { title: say('调整额度', 'Change the quota'), back: base, body });
  }

  pages.get('/history', (c) => {
    const { language, person } = c.var;
    const say = sayIn(language);
    const records = [...links.historyOf(person)].sort((a, b) => b.at - a.at);
    const body =
      records.length === 0
        ? html`<p class="soft">${say('还没有办理记录。', 'Nothing was done yet.')}</p>`
        : html`${records.map((record) => recordSlip(record, language))}`;
    return c.html(page(c, { title: say('办理记录', 'What was done'), back: base, body }));
  });

  return pages;
}

const cancelReasons = [
  'noLongerNeeded',
  'changePerson',
  'relationEnded',
  'other',
] as const satisfies readonly LinkReasonCode[];

function declined(c: Context<CitizenEnv>, { decline: { code, notBefore } }: Declined): Html {
  const { language } = c.var;
  const say = sayIn(language);
  const { number, zh, en } = declineCodes[code];
  const when = notBefore === undefined ? '' : html`<p>${say('最早可办理', 'Possible from')}: ${minute(notBefore)}</p>`;
  return notice('no', say(`没有变动。${zh}`, `Nothing was changed. ${en}`), html`${when}<small>${number}</small>`);
}

function minute(at: number): string {
  return chinaDateTime(at).slice(0, 16);
}
