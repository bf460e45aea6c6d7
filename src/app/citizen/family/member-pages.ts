import { type Context, Hono } from 'hono';
import { html } from 'hono/html';
import type { FamilyMember, FamilyRefusal } from '../../../centre/family-service.ts';
import type { CertificationStanding } from '../../../domain/certification.ts';
import { chinaDateTime } from '../../../domain/china-time.ts';
import { insuranceWords, relationWords } from '../../../domain/link-words.ts';
import { formatYuan } from '../../../domain/money.ts';
import type { Language } from '../../../domain/prompt.ts';
import { codeFrame, shownCode } from '../code-pages.ts';
import { type Typed, textField, typedOf } from '../form-fields.ts';
import { facts, type Html, menu, notice, page, sayIn } from '../layout.ts';
import type { CitizenEnv, CitizenParts } from '../parts.ts';
import { visitOf } from '../session.ts';
import { stateOf } from './family-service.machine.ts';
import { base, type FamilyVisits, pathOf } from './family-visits.ts';
import { cardStateWords, certificationWords, inLanguage, refusalText, statusWords } from './family-words.ts';

/** The family service's list, and what its holder does for a relative in it (R105, R106). */
export function memberPages(parts: CitizenParts, visits: FamilyVisits): Hono<CitizenEnv> {
  const { family } = parts.centre;
  const pages = new Hono<CitizenEnv>();

  pages.get('/', (c) => {
    const actor = visits.of(visitOf(c));
    actor.send({ type: 'service.opened' });
    // Straight from the start there is no way here but over 我的 (R102).
    if (stateOf(actor.getSnapshot()) !== 'familyService') return c.redirect(pathOf(actor), 303);
    return c.html(listPage(c, ''));
  });

  pages.get('/members/:id', (c) => forMember(c, (member) => memberPage(c, member)));
  pages.post('/members/:id/remove', (c) => {
    const answer = family.remove(c.var.person, c.req.param('id'));
    const say = sayIn(c.var.language);
    if (answer.kind === 'refused') return refusedPage(c, answer.why);
    return c.html(listPage(c, notice('go', say('已移除。', 'Removed.'))));
  });
  pages.get('/members/:id/remove', (c) =>
    forMember(c, ({ id, maskedName }) => {
      const say = sayIn(c.var.language);
      const text = say(
        `把 ${maskedName} 移出亲情服务？再次添加要从头办理。`,
        `Take ${maskedName} out of the family service? Adding starts from the beginning.`,
      );
      const body = html`${notice('wait', text)}<div class="actions"><form method="post" action="${memberBase(id)}/remove"><button class="no">${say('移除', 'Remove')}</button></form><a class="button" href="${memberBase(id)}">${say('不移除', 'Keep')}</a></div>`;
      return page(c, { title: say('移除亲属', 'Remove a relative'), back: memberBase(id), body });
    }),
  );

  pages.get('/members/:id/statement', (c) => {
    const { language, person } = c.var;
    const answer = family.statementFor(person, c.req.param('id'));
    if (answer.kind === 'refused') return refusedPage(c, answer.why);
    const say = sayIn(language);
    const s = answer.statement;
    const body = html`<section class="card">${facts([
      [say('姓名', 'Name'), s.maskedName],
      [say('社会保障号码', 'Social security number'), s.maskedId],
      [say('社保卡', 'Social card'), `${s.maskedCard} · ${inLanguage(cardStateWords[s.cardState], language)}`],
      [say('参保险种', 'Insurance'), insuranceWords[language][s.insurance]],
      [say('参保状态', 'Status'), inLanguage(statusWords[s.status], language)],
      [say('参保地', 'Insured in'), s.area],
      [
        say('个人账户余额', 'Personal account'),
        s.balance === null ? say('无个人账户', 'none') : `¥ ${formatYuan(s.balance)}`,
      ],
      [say('医保钱包余额', 'Wallet'), s.wallet === null ? say('未开通', 'not open') : `¥ ${formatYuan(s.wallet)}`],
      [
        say('待遇资格认证', 'Certification'),
        s.certification === null ? say('暂无养老待遇', 'no pension yet') : certificationText(s.certification, language),
      ],
      [say('出具时间', 'As of'), chinaDateTime(s.at)],
    ])}</section><p class="soft">${say('演示数据，仅供查询。', 'Synthetic data, for information only.')}</p>`;
    return c.html(page(c, { title: say('个人权益单', 'Rights statement'), back: memberBase(c.req.param('id')), body }));
  });

  pages.get('/members/:id/certify', (c) => {
    const answer = family.statementFor(c.var.person, c.req.param('id'));
    if (answer.kind === 'refused') return refusedPage(c, answer.why);
    const { certification } = answer.statement;
    return certification === null ? refusedPage(c, { kind: 'noBenefit' }) : c.html(certifyPage(c, certification, ''));
  });
  pages.post('/members/:id/certify', (c) => {
    const answer = family.certify(c.var.person, c.req.param('id'));
    if (answer.kind === 'refused') return refusedPage(c, answer.why);
    const say = sayIn(c.var.language);
    return c.html(certifyPage(c, answer.standing, notice('go', say('认证成功。', 'Certified.'))));
  });

  pages.get('/members/:id/transfer', (c) => forMember(c, (member) => transferPage(c, member, {}, '')));
  pages.post('/members/:id/transfer', async (c) => {
    const typed = typedOf(await c.req.parseBody());
    const member = family.openedMember(c.var.person, c.req.param('id'));
    if (member === undefined) return refusedPage(c, { kind: 'noSuchMember' });
    const answer = family.applyTransfer(c.var.person, member.id, (typed.area ?? '').trim());
    if (answer.kind === 'submitted') return c.redirect(`${base}/transfers`, 303);
    return c.html(transferPage(c, member, typed, notice('no', refusalText(answer.why, c.var.language))), 422);
  });

  pages.get('/members/:id/code', (c) => forMember(c, (member) => codePage(c, member, null)));
  pages.post('/members/:id/code', (c) => {
    const member = family.openedMember(c.var.person, c.req.param('id'));
    const answer = family.codeOf(c.var.person, c.req.param('id'));
    if (answer.kind === 'refused' || member === undefined) {
      return refusedPage(c, answer.kind === 'refused' ? answer.why : { kind: 'noSuchMember' });
    }
    return c.html(codePage(c, member, shownCode(answer.code, answer.ttlS, c.var.language)));
  });
  pages.post('/members/:id/code/fresh', (c) => {
    const { language, person } = c.var;
    const answer = family.codeOf(person, c.req.param('id'));
    if (answer.kind === 'code') return c.html(shownCode(answer.code, answer.ttlS, language));
    return c.html(html`<p>${refusalText(answer.why, language)}</p>`);
  });

  function forMember(c: Context<CitizenEnv>, show: (member: FamilyMember) => Html): Response | Promise<Response> {
    const member = family.openedMember(c.var.person, c.req.param('id') ?? '');
    return member === undefined ? refusedPage(c, { kind: 'noSuchMember' }) : c.html(show(member));
  }

  function listPage(c: Context<CitizenEnv>, message: Html | string): Html {
    const { language, person } = c.var;
    const say = sayIn(language);
    const members = family.membersOf(person);
    const max = parts.profile.ecardSlots;
    const opened = members.filter(({ state }) => state === 'opened');
    const waiting = members.filter(({ state }) => state === 'awaitingFace');
    const list = menu(
      opened.map(({ id, maskedName, maskedId, relation }) => {
        return { href: memberBase(id), title: maskedName, more: `${relationWords[language][relation]} · ${maskedId}` };
      }),
    );
    const waits = waiting.map(
      ({ maskedName, relation, appliedAt }) =>
        html`<li class="card"><h3>${maskedName}</h3><p class="soft">${relationWords[language][relation]} · ${say('等待本人人脸识别', 'awaiting the face check')} · ${chinaDateTime(appliedAt).slice(5, 16)}</p></li>`,
    );
    const body = html`${message}
<p class="soft">${say(`已用 ${members.length} 个名额，共 ${max} 个`, `${members.length} of ${max} places taken`)}</p>
${opened.length === 0 ? html`<p>${say('还没有开通的亲属。', 'Nobody has been opened yet.')}</p>` : list}
${waits.length === 0 ? '' : html`<ul class="cards">${waits}</ul>`}
<form method="post" action="${base}/family/add" class="fields"><button class="go">${say('添加', 'Add')}</button></form>`;
    return page(c, { title: say('亲情服务', 'Family service'), back: `${base}/mine`, body });
  }

  function memberPage(c: Context<CitizenEnv>, { id, maskedName, maskedId, relation }: FamilyMember): Html {
    const say = sayIn(c.var.language);
    const at = memberBase(id);
    const items = [
      {
        href: `${at}/code`,
        title: say('出示本人医保码', "Show the relative's code"),
        more: say('用的是亲属本人的余额', "It pays with the relative's own money"),
      },
      { href: `${at}/statement`, title: say('个人权益单', 'Rights statement') },
      { href: `${at}/certify`, title: say('待遇资格认证', 'Benefit certification') },
      { href: `${at}/transfer`, title: say('社保转移申请', 'Transfer to another area') },
      { href: `${at}/remove`, title: say('移出亲情服务', 'Take out of the family service') },
    ];
    const body = html`<p class="soft">${relationWords[c.var.language][relation]} · ${maskedId}</p>${menu(items)}`;
    return page(c, { title: maskedName, back: `${base}/family`, body });
  }

  function certifyPage(c: Context<CitizenEnv>, standing: CertificationStanding, message: Html | string): Html {
    const { language } = c.var;
    const say = sayIn(language);
    const at = memberBase(c.req.param('id') ?? '');
    const body = html`${message}<section class="card">${facts([
      [say('状态', 'State'), inLanguage(certificationWords[standing.state], language)],
      [say('下次认证截止', 'Next due'), standing.due],
      [say('宽限期至', 'Grace until'), standing.graceUntil],
    ])}</section>
<form method="post" action="${at}/certify" class="fields"><button class="go">${say('现在认证', 'Certify now')}</button></form>`;
    return page(c, { title: say('待遇资格认证', 'Benefit certification'), back: at, body });
  }

  function transferPage(
    c: Context<CitizenEnv>,
    { id, maskedName }: FamilyMember,
    typed: Typed,
    message: Html | string,
  ): Html {
    const say = sayIn(c.var.language);
    const body = html`${message}<p>${say('亲属', 'Relative')}: <b>${maskedName}</b></p>
<form method="post" action="${memberBase(id)}/transfer" class="fields">
${textField({ name: 'area', label: say('转入地', 'To area'), hint: say('省/统筹区，如 四川省/成都市', 'province/area, such as 四川省/成都市'), lengthMax: 40 }, typed, {})}
<button class="go">${say('提交申请', 'Send the application')}</button></form>`;
    return page(c, { title: say('社保转移申请', 'Transfer to another area'), back: memberBase(id), body });
  }

  function codePage(c: Context<CitizenEnv>, { id, maskedName }: FamilyMember, inside: Html | null): Html {
    const { language } = c.var;
    const say = sayIn(language);
    const at = `${memberBase(id)}/code`;
    const again =
      inside === null
        ? ''
        : html`<form method="post" action="${at}" class="fields"><button>${say('更新', 'Renew')}</button></form>`;
    const body = html`<p>${say(`${maskedName} 本人的医保码，从本人的账户付款。`, `The code of ${maskedName}. It pays from that person's own account.`)}</p>
${codeFrame(`${at}/fresh`, at, inside, language)}${again}`;
    return page(c, { title: say('亲属医保码', "The relative's code"), back: memberBase(id), body });
  }

  return pages;
}

function memberBase(id: string): string {
  return `${base}/family/members/${id}`;
}

function certificationText({ state, due }: CertificationStanding, language: Language): string {
  const say = sayIn(language);
  return `${inLanguage(certificationWords[state], language)} · ${say('截止', 'due')} ${due}`;
}

function refusedPage(c: Context<CitizenEnv>, why: FamilyRefusal): Response | Promise<Response> {
  const say = sayIn(c.var.language);
  const body = html`${notice('no', refusalText(why, c.var.language))}<p><a class="button" href="${base}/family">${say('返回亲情服务', 'Back to the family service')}</a></p>`;
  return c.html(page(c, { title: say('不能办理', 'This cannot be done'), back: `${base}/family`, body }), 409);
}
