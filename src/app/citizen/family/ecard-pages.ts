import { type Context, Hono } from 'hono';
import { html } from 'hono/html';
import { chinaDateTime } from '../../../domain/china-time.ts';
import { relationWords } from '../../../domain/link-words.ts';
import { type Typed, textField, typedOf } from '../form-fields.ts';
import { facts, type Html, menu, notice, page, sayIn } from '../layout.ts';
import type { CitizenEnv, CitizenParts } from '../parts.ts';
import { visitOf } from '../session.ts';
import { base, type FamilyVisits } from './family-visits.ts';
import { inLanguage, refusalText, transferStateWords } from './family-words.ts';
import { pinField, typedPin } from './pin-field.ts';

const wrongForm = { kind: 'refused', why: { kind: 'pinForm', problem: 'form' } } as const;

/** The e-card itself: start, 我的, applying for one, another PIN; what is asked of its holder by others, and the queue of
 *  applications (R84, R104, R105). */
export function ecardPages(parts: CitizenParts, visits: FamilyVisits): Hono<CitizenEnv> {
  const { family } = parts.centre;
  const pages = new Hono<CitizenEnv>();

  pages.get('/', (c) => {
    const { language, person, shownName } = c.var;
    const say = sayIn(language);
    const hasEcard = family.hasEcard(person);
    const waiting = family.faceChecksOf(person).length;
    const card = html`<section class="card"><h2>${say('电子社保卡', 'E-card')} · ${shownName}</h2>
${hasEcard ? html`<p class="soft">${say('已签发', 'Issued')}</p>` : html`<p>${say('还没有电子社保卡。', 'No e-card yet.')}</p><p><a class="button go" href="${base}/issue">${say('申领电子社保卡', 'Apply for an e-card')}</a></p>`}</section>`;
    const items = [
      { href: `${base}/mine`, title: say('我的', 'Mine'), more: say('亲情服务、密码', 'Family service, PIN') },
      {
        href: `${base}/face`,
        title: say('待我识别', 'My face checks'),
        more:
          waiting === 0
            ? say('没有等待您的申请', 'Nobody waits for you')
            : say(`${waiting} 个申请在等您本人`, `${waiting} waiting for you`),
      },
      {
        href: `${base}/transfers`,
        title: say('转移申请', 'Transfers'),
        more: say('已提交、办理中、办结', 'Submitted, in progress, done'),
      },
    ];
    return c.html(page(c, { title: say('电子社保卡', 'E-card'), back: '/', body: html`${card}${menu(items)}` }));
  });

  pages.get('/mine', (c) => {
    const say = sayIn(c.var.language);
    visits.of(visitOf(c)).send({ type: 'mine.opened' });
    const items = [
      {
        href: `${base}/family`,
        title: say('亲情服务', 'Family service'),
        more: say('为家人代办', 'Act for a relative'),
      },
      { href: `${base}/pin`, title: say('修改电子社保卡密码', "Change the e-card's PIN") },
    ];
    return c.html(page(c, { title: say('我的', 'Mine'), back: base, body: menu(items) }));
  });

  pages.get('/issue', (c) => c.html(newPinPage(c, 'issue', {}, '')));
  pages.post('/issue', async (c) => {
    const typed = typedOf(await c.req.parseBody());
    const say = sayIn(c.var.language);
    const pin = chosenPin(typed);
    const answer = pin === null ? wrongForm : family.issue(c.var.person, typed.residentId ?? '', pin);
    pin?.fill(0);
    if (answer.kind === 'refused') {
      return c.html(newPinPage(c, 'issue', typed, refusalOf(typed, refusalText(answer.why, c.var.language), say)), 422);
    }
    return c.html(donePage(c, say('电子社保卡已签发。', 'The e-card was issued.'), base));
  });

  pages.get('/pin', (c) => c.html(newPinPage(c, 'pin', {}, '')));
  pages.post('/pin', async (c) => {
    const typed = typedOf(await c.req.parseBody());
    const { language, person } = c.var;
    const say = sayIn(language);
    const [old, pin] = [typedPin(typed.oldPin), chosenPin(typed)];
    const verified = old === null || pin === null ? wrongForm : family.verifyPin(person, old);
    const answer =
      verified.kind === 'refused' || pin === null
        ? verified
        : family.changePin(person, verified.permit, typed.residentId ?? '', pin);
    old?.fill(0);
    pin?.fill(0);
    if (answer.kind === 'refused') {
      return c.html(newPinPage(c, 'pin', typed, refusalOf(typed, refusalText(answer.why, language), say)), 422);
    }
    return c.html(donePage(c, say('密码已修改。', 'The PIN was changed.'), `${base}/mine`));
  });

  pages.get('/face', (c) => c.html(facePage(c, '')));
  pages.post('/face/:id', async (c) => {
    const { language, person } = c.var;
    const say = sayIn(language);
    const { outcome } = await c.req.parseBody();
    if (outcome !== 'passed' && outcome !== 'failed') return c.redirect(`${base}/face`, 303);
    const answer = family.answerFace(person, c.req.param('id'), outcome === 'passed');
    if (answer.kind === 'refused') return c.html(facePage(c, notice('no', refusalText(answer.why, language))), 409);
    const told =
      answer.kind === 'opened'
        ? notice('go', say('识别通过，亲情服务已开通。', 'Passed. The family service is open.'))
        : notice('no', say('识别未通过，没有开通。', 'Not passed. Nothing was opened.'));
    return c.html(facePage(c, told));
  });

  pages.get('/transfers', (c) => c.html(transfersPage(c, '')));
  pages.post('/transfers/:id/advance', (c) => {
    const answer = family.advanceTransfer(c.var.person, c.req.param('id'));
    if (answer.kind === 'advanced') return c.redirect(`${base}/transfers`, 303);
    return c.html(transfersPage(c, notice('no', refusalText(answer.why, c.var.language))), 409);
  });

  function facePage(c: Context<CitizenEnv>, message: Html | string): Html {
    const { language, person } = c.var;
    const say = sayIn(language);
    const checks = family.faceChecksOf(person);
    const cards = checks.map(
      ({ id, maskedName, relation, appliedAt }) => html`<li class="card">
<p><b>${say(`${maskedName} 想把您加入亲情服务。`, `${maskedName} wants to add you to a family service.`)}</b></p>
<p class="soft">${say('您是对方的', 'You are the')}: ${relationWords[language][relation]} · ${chinaDateTime(appliedAt).slice(0, 16)}</p>
<form method="post" action="${base}/face/${id}" class="actions">
<button class="go" name="outcome" value="passed">${say('识别通过', 'Pass')}</button>
<button class="no" name="outcome" value="failed">${say('识别不通过', 'Fail')}</button></form></li>`,
    );
    const list =
      checks.length === 0
        ? html`<p class="soft">${say('没有等待您的申请。', 'Nobody waits for you.')}</p>`
        : html`<p class="soft">${say('模拟人脸识别：请选择结果。不使用摄像头，不保存图像。', 'A simulated face check: choose its outcome. No camera is used and no picture is kept.')}</p><ul class="cards">${cards}</ul>`;
    return page(c, { title: say('待我识别', 'My face checks'), back: base, body: html`${message}${list}` });
  }

  function transfersPage(c: Context<CitizenEnv>, message: Html | string): Html {
    const { language, person } = c.var;
    const say = sayIn(language);
    const cards = family.transfersOf(person).map(
      ({
        id,
        from,
        to,
        state,
        appliedAt,
        maskedName,
      }) => html`<li class="card"><h3>${maskedName} · ${inLanguage(transferStateWords[state], language)}</h3>${facts([
        [say('申请号', 'Number'), id],
        [say('转出地', 'From'), from],
        [say('转入地', 'To'), to],
        [say('申请时间', 'Applied'), chinaDateTime(appliedAt).slice(0, 16)],
      ])}
${state === 'done' ? '' : html`<form method="post" action="${base}/transfers/${id}/advance"><button>${say('测试：经办机构办理下一步', 'Test: let the offices do the next step')}</button></form>`}</li>`,
    );
    const list =
      cards.length === 0
        ? html`<p class="soft">${say('没有转移申请。', 'There are no applications.')}</p>`
        : html`<ul class="cards">${cards}</ul>`;
    return page(c, { title: say('转移申请', 'Transfers'), back: base, body: html`${message}${list}` });
  }

  return pages;
}

/** The new PIN, typed twice alike. */
function chosenPin(typed: Typed): Uint8Array | null {
  return typed.newPin === typed.againPin ? typedPin(typed.newPin) : null;
}

function refusalOf(typed: Typed, text: string, say: (zh: string, en: string) => string): Html {
  return notice(
    'no',
    typed.newPin === typed.againPin
      ? text
      : say('两次输入的密码不一样，请重新输入。', 'The two PINs differ, please enter them again.'),
  );
}

function newPinPage(c: Context<CitizenEnv>, kind: 'issue' | 'pin', typed: Typed, message: Html | string): Html {
  const say = sayIn(c.var.language);
  const isIssue = kind === 'issue';
  const number = typed.residentId === undefined ? {} : { residentId: typed.residentId };
  const body = html`${message}<form method="post" action="${base}/${kind}" class="fields">
${textField({ name: 'residentId', label: say('本人身份证号码', 'Your ID number'), lengthMax: 24 }, number, {})}
${isIssue ? '' : pinField('oldPin', say('原密码', 'PIN so far'))}
${pinField('newPin', say('新密码（6 位数字）', 'New PIN (6 digits)'))}
${pinField('againPin', say('再次输入新密码', 'New PIN again'))}
<p class="soft">${say('不能是连续或重复的数字，也不能取自身份证号码。', 'Not counting up or down, not repeating, not from your ID number.')}</p>
<button class="go">${isIssue ? say('申领', 'Apply') : say('修改', 'Change')}</button></form>`;
  const title = isIssue
    ? say('申领电子社保卡', 'Apply for an e-card')
    : say('修改电子社保卡密码', "Change the e-card's PIN");
  return page(c, { title, back: isIssue ? base : `${base}/mine`, body });
}

function donePage(c: Context<CitizenEnv>, text: string, back: string): Html {
  const say = sayIn(c.var.language);
  const body = html`${notice('go', text)}<p><a class="button" href="${back}">${say('返回', 'Back')}</a></p>`;
  return page(c, { title: say('办理成功', 'Done'), back, body });
}
